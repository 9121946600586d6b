import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { answer, api, type Schemas } from "@/api/client";
import type { DocumentKind, DocumentState } from "@/shared/words";

export type Document = Schemas["xiaoneng.documents.v1.Document"];

/** What the address of the page says. */
export interface Filter {
  text: string;
  kind: DocumentKind | "";
  state: DocumentState | "";
  order: "DOCUMENT_ORDER_NEWEST" | "DOCUMENT_ORDER_OLDEST";
}

export function filterFrom(search: URLSearchParams): Filter {
  return {
    text: search.get("text") ?? "",
    kind: (search.get("kind") ?? "") as DocumentKind | "",
    state: (search.get("state") ?? "") as DocumentState | "",
    order: search.get("order") === "oldest" ? "DOCUMENT_ORDER_OLDEST" : "DOCUMENT_ORDER_NEWEST",
  };
}

/** The documents that I may see. */
export function useDocuments({ text, kind, state, order }: Filter) {
  return useInfiniteQuery({
    queryKey: ["documents", "list", text, kind, state, order],
    initialPageParam: "",
    placeholderData: keepPreviousData,
    queryFn: ({ pageParam }) =>
      answer(
        api.GET("/v1/documents", {
          params: { query: { pageSize: 30, order, pageToken: pageParam, ...(text && { text }), ...(kind && { kind }), ...(state && { state }) } },
        }),
      ),
    getNextPageParam: (last) => last.nextPageToken || undefined,
  });
}
