import { useQuery } from "@tanstack/react-query";
import { answer, api, idOf, type Schemas } from "@/api/client";
import { whole } from "@/shared/names";

export type Pack = Schemas["xiaoneng.directory.v1.Pack"];

export const PACK_STATES: Record<NonNullable<Pack["state"]>, string> = {
  STATE_UNSPECIFIED: "",
  STATE_DRAFT: "未启用",
  STATE_ACTIVE: "已启用",
  STATE_REPEALED: "已废止",
};

export function usePacks() {
  return useQuery({
    queryKey: ["packs", "list"],
    queryFn: () =>
      whole<Pack>(async (pageToken) => {
        const found = await answer(api.GET("/v1/packs", { params: { query: { pageSize: 200, pageToken } } }));
        return { rows: found.packs ?? [], next: found.nextPageToken ?? "" };
      }),
  });
}

export function partsOf(name: string | undefined): { pack: string; version: number } {
  const [, pack = ""] = (name ?? "").split("/");
  return { pack, version: Number(idOf(name ?? "")) };
}

/** Versions by regulation, the newest first; regulations in force come first. */
export function byRegulation(packs: readonly Pack[]): { pack: string; versions: Pack[] }[] {
  const found = new Map<string, Pack[]>();
  for (const each of packs) found.set(partsOf(each.name).pack, [...(found.get(partsOf(each.name).pack) ?? []), each]);
  const groups = [...found].map(([pack, versions]) => ({ pack, versions: [...versions].sort((a, b) => partsOf(b.name).version - partsOf(a.name).version) }));
  const inForce = (versions: readonly Pack[]) => (versions.some(({ state }) => state === "STATE_ACTIVE") ? 0 : 1);
  return groups.sort((a, b) => inForce(a.versions) - inForce(b.versions));
}
