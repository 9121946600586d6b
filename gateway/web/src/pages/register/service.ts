import { useQuery } from "@tanstack/react-query";
import { answer, api } from "@/api/client";
import { flag, list, text, type Values } from "@/components/form/fields";
import type { Urgency } from "@/components/urgency";
import { dateFrom } from "@/shared/moments";

/** Documents that look the same: same sender and number. */
export function useDuplicates(sender: string, senderNumber: string) {
  return useQuery({
    queryKey: ["documents", "list", "duplicates", sender, senderNumber],
    enabled: sender !== "" && senderNumber !== "",
    queryFn: async () => (await answer(api.GET("/v1/documents:findDuplicates", { params: { query: { sender, senderNumber } } }))).documents ?? [],
  });
}

export function register(values: Values, fields: Record<string, unknown>, attachments: string[], duplicateConfirmed: boolean, header: { "Idempotency-Key": string }) {
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
      },
    }),
  );
}
