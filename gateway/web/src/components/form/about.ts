import type { Urgency } from "@/components/urgency";
import type { Field } from "./fields";

/** Fields of documents that several forms share. */
export const URGENCIES: readonly { value: Urgency; label: string }[] = [
  { value: "URGENCY_ORDINARY", label: "平件" },
  { value: "URGENCY_URGENT", label: "加急" },
  { value: "URGENCY_SPECIALLY_URGENT", label: "特急" },
];

export const FIELD = {
  title: { name: "title", label: "标题", kind: "text", required: true, max: 500 },
  body: { name: "body", label: "正文", kind: "area", max: 200_000, help: "正文在附件中的，可以不填" },
  documentType: { name: "documentType", label: "文种", kind: "code", vocabulary: "document_type", half: true },
  documentClass: { name: "documentClass", label: "类别", kind: "code", vocabulary: "document_class", half: true },
  source: { name: "source", label: "来源", kind: "code", vocabulary: "document_source", half: true },
  sender: { name: "sender", label: "来文单位", kind: "text", required: true, max: 200, half: true },
  senderNumber: { name: "senderNumber", label: "来文字号", kind: "text", max: 100, half: true },
  senderDate: { name: "senderDate", label: "成文日期", kind: "date", half: true },
  urgency: { name: "urgency", label: "紧急程度", kind: "choice", options: URGENCIES, half: true },
  medium: {
    name: "medium",
    label: "载体",
    kind: "choice",
    half: true,
    options: [
      { value: "MEDIUM_ELECTRONIC", label: "电子" },
      { value: "MEDIUM_PAPER", label: "纸质" },
    ],
  },
  matters: { name: "matters", label: "事项", kind: "tags", help: "文中涉及的事项，一事一行" },
  comprehensive: { name: "comprehensive", label: "综合性文件（涉及多个科室）", kind: "check" },
  important: { name: "important", label: "重要", kind: "check" },
  containsRequest: { name: "containsRequest", label: "文中含有请示事项", kind: "check" },
  reason: { name: "reason", label: "理由", kind: "area", required: true, max: 1000 },
} as const satisfies Record<string, Field>;
