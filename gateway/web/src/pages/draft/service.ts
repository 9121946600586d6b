import { useQuery } from "@tanstack/react-query";
import { answer, api, newKey, once, type Body, type Schemas } from "@/api/client";
import { type Declared, saidOf } from "@/components/form/declared";
import { flag, list, text, type Values } from "@/components/form/fields";
import type { Urgency } from "@/components/urgency";
import type { DocumentKind } from "@/shared/words";

export type Document = Schemas["xiaoneng.documents.v1.Document"];

/** A draft that was begun before. */
export function useDraft(id: string) {
  return useQuery({
    queryKey: ["documents", id, "draft"],
    enabled: id !== "",
    staleTime: Infinity,
    gcTime: 0,
    refetchOnWindowFocus: false,
    queryFn: async () => {
      const [document, files] = await Promise.all([
        answer(api.GET("/v1/documents/{document}", { params: { path: { document: id } } })),
        answer(api.GET("/v1/documents/{document}/attachments", { params: { path: { document: id } } })),
      ]);
      return { document, files: files.attachments ?? [] };
    },
  });
}

function about(values: Values, fields: Record<string, unknown>) {
  return {
    title: text(values, "title"),
    body: text(values, "body"),
    documentType: text(values, "documentType"),
    urgency: values.urgency as Urgency,
    medium: values.medium as "MEDIUM_PAPER",
    matters: list(values, "matters"),
    comprehensive: flag(values, "comprehensive"),
    important: flag(values, "important"),
    fields,
  };
}

/** Begins a draft on the server, or writes what has changed since. */
export async function save(before: Document | null, values: Values, declared: readonly Declared[], attachments: string[]): Promise<Document> {
  const header = once(newKey());
  const said = about(values, saidOf(values, declared, before?.fields));
  if (before === null) {
    const body: Body<"/v1/documents:draft"> = { kind: values.kind as DocumentKind, ...said, attachments };
    return answer(api.POST("/v1/documents:draft", { params: { header }, body }));
  }
  const document = (before.name ?? "").split("/")[1] ?? "";
  return answer(
    api.PATCH("/v1/documents/{document}", {
      params: { path: { document }, header, query: { updateMask: Object.keys(said).join(",") } },
      body: { ...said, etag: before.etag } as never,
    }),
  );
}
