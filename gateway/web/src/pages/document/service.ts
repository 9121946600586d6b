import { useQuery } from "@tanstack/react-query";
import { answer, api, type Schemas } from "@/api/client";

export type Document = Schemas["xiaoneng.documents.v1.Document"];
export type Handling = Schemas["xiaoneng.documents.v1.Handling"];

export function useDocument(document: string) {
  return useQuery({
    queryKey: ["documents", document, "document"],
    queryFn: () => answer(api.GET("/v1/documents/{document}", { params: { path: { document } } })),
  });
}

export function useRoute(document: string) {
  return useQuery({
    queryKey: ["documents", document, "route"],
    queryFn: () => answer(api.GET("/v1/documents/{document}/route", { params: { path: { document } } })),
  });
}

export function useAttachments(document: string) {
  return useQuery({
    queryKey: ["documents", document, "attachments"],
    queryFn: async () => (await answer(api.GET("/v1/documents/{document}/attachments", { params: { path: { document } } }))).attachments ?? [],
  });
}

export function useReadings(document: string) {
  return useQuery({
    queryKey: ["documents", document, "readings"],
    queryFn: async () => (await answer(api.GET("/v1/documents/{document}/readings", { params: { path: { document } } }))).readings ?? [],
  });
}

export function useHandling(document: string) {
  return useQuery({
    queryKey: ["documents", document, "handling"],
    queryFn: () => answer(api.GET("/v1/documents/{document}/handling", { params: { path: { document } } })),
  });
}
