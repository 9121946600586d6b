import { useQuery } from "@tanstack/react-query";
import { answer, api } from "@/api/client";

export interface Term {
  code: string;
  label: string;
}

/** The words of the tenant's packs: what forms offer, and what codes are called. A code without a word is shown as it is. */
export function useVocabulary() {
  const query = useQuery({
    queryKey: ["vocabularies", "list"],
    staleTime: 10 * 60_000,
    queryFn: async () => (await answer(api.GET("/v1/vocabularies"))).vocabularies ?? [],
  });
  const found = new Map(
    query.data?.map(({ name, terms }) => [
      (name ?? "").slice("vocabularies/".length),
      (terms ?? []).map(({ code = "", displayName = "" }) => ({ code, label: displayName })),
    ]),
  );
  return {
    terms: (vocabulary: string): Term[] => found.get(vocabulary) ?? [],
    word: (vocabulary: string, code: string | undefined): string =>
      code && !query.isPending ? found.get(vocabulary)?.find((each) => each.code === code)?.label ?? code : "",
  };
}
