import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { answer, api, type Schemas } from "@/api/client";
import { type LedgerFilter, queryOf, without } from "@/shared/ledger";

export type Hit = Schemas["xiaoneng.documents.v1.SearchHit"];
export type Snippet = Schemas["xiaoneng.documents.v1.SearchSnippet"];

const PAGE = 20;

/** What I may see with these words, page by page. */
export function useSearch(text: string, wanted: LedgerFilter) {
  const filter = without(wanted, "text", "columns");
  return useInfiniteQuery({
    queryKey: ["documents", "list", "search", text, filter],
    enabled: text !== "",
    initialPageParam: "",
    placeholderData: keepPreviousData,
    queryFn: ({ pageParam }) => answer(api.GET("/v1/documents:search", { params: { query: { text, ...queryOf(filter), pageSize: PAGE, pageToken: pageParam } as never } })),
    getNextPageParam: (last) => last.nextPageToken || undefined,
  });
}
