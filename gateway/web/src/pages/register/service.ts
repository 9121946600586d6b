import { useQuery } from "@tanstack/react-query";
import { answer, api, type Schemas } from "@/api/client";
import { flag, list, text, type Values } from "@/components/form/fields";
import type { Urgency } from "@/components/urgency";
import { dateField, dateFrom } from "@/shared/moments";

export type Document = Schemas["xiaoneng.documents.v1.Document"];

/** Documents that look the same: same sender and number. */
export function useDuplicates(sender: string, senderNumber: string) {
  return useQuery({
    queryKey: ["documents", "list", "duplicates", sender, senderNumber],
    enabled: sender !== "" && senderNumber !== "",
    queryFn: async () => (await answer(api.GET("/v1/documents:findDuplicates", { params: { query: { sender, senderNumber } } }))).documents ?? [],
  });
}

/** The returned document that comes again. */
export function useReturned(id: string) {
  return useQuery({
    queryKey: ["documents", id, "returned"],
    enabled: id !== "",
    staleTime: Infinity,
    queryFn: () => answer(api.GET("/v1/documents/{document}", { params: { path: { document: id } } })),
  });
}

const AGAIN = ["title", "body", "sender", "senderNumber", "documentType", "documentClass", "source", "urgency", "medium", "matters", "comprehensive", "important", "containsRequest"] as const;

/** What the form begins with when a document comes again. */
export function valuesFrom(before: Document): Values {
  const values = Object.fromEntries(AGAIN.map((name) => [name, before[name] === "" ? undefined : before[name]]));
  return { ...values, senderDate: dateField(before.senderDate) };
}

export function register(values: Values, fields: Record<string, unknown>, attachments: string[], duplicateConfirmed: boolean, resubmits: string, header: { "Idempotency-Key": string }) {
  return answer(
    api.POST("/v1/documents:register", {
      params: { header },
      body: {
        title: text(values, "title"),
        body: text(values, "body"),
        sender: text(values, "sender"),
        senderNumber: text(values, "senderNumber"),
        senderDate: dateFrom(values.senderDate),
        documentType: text(values, "documentType"),
        documentClass: text(values, "documentClass"),
        source: text(values, "source"),
        urgency: values.urgency as Urgency,
        medium: values.medium as "MEDIUM_PAPER",
        secrecy: text(values, "secrecy"),
        matters: list(values, "matters"),
        comprehensive: flag(values, "comprehensive"),
        important: flag(values, "important"),
        containsRequest: flag(values, "containsRequest"),
        duplicateConfirmed,
        attachments,
        fields,
        resubmits,
      },
    }),
  );
}
