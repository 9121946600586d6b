import { useInfiniteQuery } from "@tanstack/react-query";
import { answer, api, type Schemas } from "@/api/client";
import { save } from "@/shared/save";

export type Unfiled = Schemas["xiaoneng.documents.v1.UnfiledDocument"];
export type Document = Schemas["xiaoneng.documents.v1.Document"];
export type Receipt = Schemas["xiaoneng.documents.v1.ArchiveReceipt"];
export type Destruction = Schemas["xiaoneng.documents.v1.Destruction"];

/** What the address of the page says. */
export interface Chosen {
  year: number;
  retentionClass: string;
}

const next = (last: { nextPageToken?: string }) => last.nextPageToken || undefined;

/** What was closed in the year and waits for being filed. */
export function useUnfiled(year: number) {
  return useInfiniteQuery({
    queryKey: ["documents", "list", "unfiled", year],
    initialPageParam: "",
    queryFn: ({ pageParam }) => answer(api.GET("/v1/documents:unfiled", { params: { query: { year, pageToken: pageParam } } })),
    getNextPageParam: next,
  });
}

/** What was filed of the year, by file number. */
export function useFiled({ year, retentionClass }: Chosen) {
  return useInfiniteQuery({
    queryKey: ["documents", "list", "filed", year, retentionClass],
    initialPageParam: "",
    queryFn: ({ pageParam }) => answer(api.GET("/v1/documents:filed", { params: { query: { year, retentionClass, pageToken: pageParam } } })),
    getNextPageParam: next,
  });
}

export function useReceipts() {
  return useInfiniteQuery({
    queryKey: ["archiveReceipts", "list"],
    initialPageParam: "",
    queryFn: ({ pageParam }) => answer(api.GET("/v1/archiveReceipts", { params: { query: { pageToken: pageParam } } })),
    getNextPageParam: next,
  });
}

export function useDestructions() {
  return useInfiniteQuery({
    queryKey: ["destructions", "list"],
    initialPageParam: "",
    queryFn: ({ pageParam }) => answer(api.GET("/v1/destructions", { params: { query: { pageToken: pageParam } } })),
    getNextPageParam: next,
  });
}

/** Saves the package of the year; gives its checksum, which the archive's receipt names. */
export async function download({ year, retentionClass }: Chosen): Promise<string> {
  const call = api.GET("/v1/documents:filingPackage", { params: { query: { year, retentionClass } }, parseAs: "blob" });
  const content = await answer(call);
  save(content as unknown as Blob, `归档文件-${String(year)}.zip`);
  return ((await call).response.headers.get("etag") ?? "").replaceAll('"', "");
}
