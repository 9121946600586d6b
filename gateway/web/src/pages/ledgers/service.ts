import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { answer, api, idOf, type Schemas } from "@/api/client";
import { useChange } from "@/shared/change";
import { type LedgerFilter, queryOf, without } from "@/shared/ledger";
import { whole } from "@/shared/names";
import { save } from "@/shared/save";

export type Export = Schemas["xiaoneng.documents.v1.LedgerExport"];
export type SavedView = Schemas["xiaoneng.documents.v1.SavedLedgerView"];

const PAGE = 50;
const LOOK_AGAIN_MS = 1500;
/** Up to so many lines a spreadsheet is made while one waits; totals are exact up to here. */
export const WAITED_FOR = 1000;

/** The lines of a ledger, page by page. Which columns are shown changes nothing of them. */
export function useLedger(wanted: LedgerFilter) {
  const filter = without(wanted, "columns");
  return useInfiniteQuery({
    queryKey: ["documents", "list", "ledger", filter],
    initialPageParam: "",
    placeholderData: keepPreviousData,
    queryFn: ({ pageParam }) => answer(api.GET("/v1/documents:ledger", { params: { query: { ...queryOf(filter), pageSize: PAGE, pageToken: pageParam } as never } })),
    getNextPageParam: (last) => last.nextPageToken || undefined,
  });
}

/** The filters that I keep under a name. */
export function useSavedViews() {
  return useQuery({
    queryKey: ["ledgerViews", "list"],
    queryFn: () =>
      whole<SavedView>(async (pageToken) => {
        const found = await answer(api.GET("/v1/ledgerViews", { params: { query: { pageSize: 200, pageToken } } }));
        return { rows: found.views ?? [], next: found.nextPageToken ?? "" };
      }),
  });
}

export function useDeleteView() {
  return useChange({
    send: (view: SavedView, header) => answer(api.DELETE("/v1/ledgerViews/{ledgerView}", { params: { path: { ledgerView: idOf(view.name ?? "") }, header } })),
    touches: ["ledgerViews"],
  });
}

/** The newest of my exports; asked for again while one of them is made. */
export function useExports() {
  return useQuery({
    queryKey: ["ledgerExports", "list"],
    queryFn: async () => (await answer(api.GET("/v1/ledgerExports", { params: { query: { pageSize: 20 } } }))).exports ?? [],
    refetchInterval: (query) => (query.state.data?.some(({ state }) => state === "LEDGER_EXPORT_STATE_PENDING") ? LOOK_AGAIN_MS : false),
  });
}

/** Lets a spreadsheet be made in the background. */
export function useCreateExport(done: () => void) {
  return useChange({
    send: (filter: LedgerFilter, header) => answer(api.POST("/v1/ledgerExports", { params: { header }, body: { filter } })),
    touches: ["ledgerExports"],
    done,
  });
}

/** A spreadsheet that is waited for, saved under this name. */
export function useExportNow(fileName: string) {
  return useChange({
    send: async (filter: LedgerFilter) => {
      const made = await answer(api.GET("/v1/documents:exportLedger", { params: { query: queryOf(filter) as never }, parseAs: "blob" }));
      save(made as unknown as Blob, fileName);
    },
    touches: [],
  });
}
