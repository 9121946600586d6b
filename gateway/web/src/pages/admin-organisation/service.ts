import { useQuery } from "@tanstack/react-query";
import { answer, api, type Schemas } from "@/api/client";
import { whole } from "@/shared/names";

export type Unit = Schemas["xiaoneng.directory.v1.Unit"];
export type Person = Schemas["xiaoneng.directory.v1.Person"];
export type Post = Schemas["xiaoneng.directory.v1.Post"];
export type Portfolio = Schemas["xiaoneng.directory.v1.Portfolio"];
export type Delegation = Schemas["xiaoneng.directory.v1.Delegation"];

const PAGE = 200;

export function useAllUnits(ended: boolean) {
  return useQuery({
    queryKey: ["units", "list", "admin", ended],
    queryFn: () =>
      whole<Unit>(async (pageToken) => {
        const found = await answer(api.GET("/v1/units", { params: { query: { pageSize: PAGE, pageToken, showClosed: ended } } }));
        return { rows: found.units ?? [], next: found.nextPageToken ?? "" };
      }),
  });
}

export function useAllPersons(ended: boolean) {
  return useQuery({
    queryKey: ["persons", "list", "admin", ended],
    queryFn: () =>
      whole<Person>(async (pageToken) => {
        const found = await answer(api.GET("/v1/persons", { params: { query: { pageSize: PAGE, pageToken, showEnded: ended } } }));
        return { rows: found.persons ?? [], next: found.nextPageToken ?? "" };
      }),
  });
}

export function usePosts(ended: boolean) {
  return useQuery({
    queryKey: ["posts", "list", "admin", ended],
    queryFn: () =>
      whole<Post>(async (pageToken) => {
        const found = await answer(api.GET("/v1/posts", { params: { query: { pageSize: PAGE, pageToken, showEnded: ended } } }));
        return { rows: found.posts ?? [], next: found.nextPageToken ?? "" };
      }),
  });
}

export function usePortfolios(ended: boolean) {
  return useQuery({
    queryKey: ["portfolios", "list", "admin", ended],
    queryFn: () =>
      whole<Portfolio>(async (pageToken) => {
        const found = await answer(api.GET("/v1/portfolios", { params: { query: { pageSize: PAGE, pageToken, showEnded: ended } } }));
        return { rows: found.portfolios ?? [], next: found.nextPageToken ?? "" };
      }),
  });
}

export function useAllDelegations(ended: boolean) {
  return useQuery({
    queryKey: ["delegations", "list", "admin", ended],
    queryFn: () =>
      whole<Delegation>(async (pageToken) => {
        const found = await answer(api.GET("/v1/delegations", { params: { query: { pageSize: PAGE, pageToken, showEnded: ended } } }));
        return { rows: found.delegations ?? [], next: found.nextPageToken ?? "" };
      }),
  });
}

export interface Branch {
  unit: Unit;
  depth: number;
}

/** The units below one another as they belong together, in the order of their places; what hangs on a missing one stands at the top. */
export function tree(units: readonly Unit[]): Branch[] {
  const known = new Set(units.map(({ name }) => name));
  const found: Branch[] = [];
  const seen = new Set<string>();
  const add = (parent: string, depth: number) => {
    const here = units.filter((each) => (known.has(each.parent ?? "") ? (each.parent ?? "") : "") === parent);
    for (const unit of [...here].sort((a, b) => (a.position ?? 0) - (b.position ?? 0))) {
      const name = unit.name ?? "";
      if (seen.has(name)) continue;
      seen.add(name);
      found.push({ unit, depth });
      add(name, depth + 1);
    }
  };
  add("", 0);
  // Units that stand in a circle have no top; they are shown all the same.
  for (const unit of units) if (!seen.has(unit.name ?? "")) found.push({ unit, depth: 0 });
  return found;
}
