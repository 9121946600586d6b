import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { answer, api, idOf, type Schemas } from "@/api/client";
import { to } from "@/paths";
import { useChange } from "@/shared/change";

export type Todo = Schemas["xiaoneng.notifications.v1.Todo"];
export type Queue = "action" | "reading";

const KINDS = { action: "WORK_KIND_ACTION", reading: "WORK_KIND_READING" } as const;

/** What waits for me, due first; items without a limit come last. */
export function useTodos(queue: Queue) {
  return useInfiniteQuery({
    queryKey: ["todos", "list", queue],
    initialPageParam: "",
    queryFn: ({ pageParam }) => answer(api.GET("/v1/todos", { params: { query: { kind: KINDS[queue], pageToken: pageParam } } })),
    getNextPageParam: (last) => last.nextPageToken || undefined,
    // The time that is left is the server's word; it is asked again while the page is looked at.
    refetchInterval: 60_000,
  });
}

export function useCounts() {
  return useQuery({ queryKey: ["todos", "count"], queryFn: () => answer(api.GET("/v1/todos:count")) });
}

/** How many incoming documents wait for their class: they are on nobody's list yet. */
export function useUnclassified(classifies: boolean) {
  return useQuery({
    queryKey: ["documents", "list", "unclassified"],
    enabled: classifies,
    queryFn: async () => (await answer(api.GET("/v1/documents", { params: { query: { state: "DOCUMENT_STATE_REGISTERED", pageSize: 1 } } }))).total ?? 0,
  });
}

/** A reading copy is done: it leaves the list. */
export function useFinishReading() {
  return useChange({
    send: (item: string, header) => {
      const [, document = "", , step = ""] = item.split("/");
      return answer(api.POST("/v1/documents/{document}/steps/{step}:finishReading", { params: { path: { document, step }, header }, body: {} }));
    },
    touches: ["todos", "documents"],
    says: () => "已阅毕。",
  });
}

/** Delegations from and to me that hold now or will. */
export function useDelegations() {
  return useQuery({
    queryKey: ["delegations", "list"],
    queryFn: async () => (await answer(api.GET("/v1/delegations", { params: { query: { pageSize: 200 } } }))).delegations ?? [],
  });
}

/** The page on which an item is done; nothing for an item that no page shows. */
export function addressOf({ item = "", subject = "" }: Todo): string | undefined {
  const [kind = "", , part = ""] = item.split("/");
  const page = PAGES[`${kind}/${part}`] ?? PAGES[kind];
  return page?.(idOf(subject), idOf(item));
}

const PAGES: Record<string, (subject: string, item: string) => string> = {
  documents: (document, step) => `${to("document", { document })}?step=${step}`,
  "documents/permits": (document) => `${to("document", { document })}?part=permits`,
  transmissions: (document) => `${to("document", { document })}?part=transmissions`,
  arrivals: () => to("arrivals"),
  serviceMatters: () => to("serviceMatters"),
  destructions: () => `${to("filing")}?tab=destructions`,
  ledgerExports: () => `${to("ledgers")}?exports=open`,
};
