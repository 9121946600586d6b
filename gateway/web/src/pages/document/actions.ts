import { answer, api, idOf } from "@/api/client";
import { FIELD } from "@/components/form/about";
import type { Action } from "@/components/form/action-dialog";
import { type Declared, saidOf, valuesOf } from "@/components/form/declared";
import { flag, list, text, type Values } from "@/components/form/fields";
import type { Urgency } from "@/components/urgency";
import { dateField, dateFrom } from "@/shared/moments";
import type { Document } from "./service";

type Header = { "Idempotency-Key": string };

const CORRECTED = ["title", "sender", "senderNumber", "senderDate", "documentType", "urgency", "source", "matters", "containsRequest", "comprehensive"] as const;

// What was given up cannot be the one that stays.
const KEPT = ["DOCUMENT_STATE_REGISTERED", "DOCUMENT_STATE_RUNNING", "DOCUMENT_STATE_CLOSED"] as const;

/** What may be done with a document, by the names under which the server allows it. */
export function documentActions(document: Document, declared: readonly Declared[] = []): Record<string, Action> {
  const path = { document: idOf(document.name ?? "") };
  const etag = document.etag;
  return {
    ClassifyDocument: {
      label: document.documentClass ? "重新分类" : "分类",
      note: document.documentClass ? "原路线上未办的环节取消并留痕，按新类别重新流转；可以再次改类。" : "分类后按制度规定的路线流转；分错可以重新分类。",
      fields: [{ ...FIELD.documentClass, required: true }, FIELD.urgency, ...(document.documentClass ? [FIELD.reason] : [])],
      initial: { documentClass: document.documentClass || undefined, urgency: document.urgency },
      send: (values, header) =>
        answer(
          api.POST("/v1/documents/{document}:classify", {
            params: { path, header },
            body: { documentClass: text(values, "documentClass"), urgency: values.urgency as Urgency, reason: text(values, "reason"), etag },
          }),
        ),
    },
    ReturnDocument: {
      label: "退文",
      note: "制度规定的退文理由和条款由系统一并列出；须经同意的，同意后才退回。退回后不能撤销，来文单位改正后重新报送。",
      danger: true,
      fields: [{ ...FIELD.reason, label: "退文意见", max: 2000 }],
      send: (values, header) => answer(api.POST("/v1/documents/{document}:return", { params: { path, header }, body: { reason: text(values, "reason") } })),
    },
    PreforwardDocument: {
      label: "先转办",
      note: "紧急事项先送承办单位办理，签批同时进行；发出后不能撤销。",
      fields: [{ name: "leadUnit", label: "承办单位", kind: "unit", required: true }],
      send: (values, header) => answer(api.POST("/v1/documents/{document}:preforward", { params: { path, header }, body: { leadUnit: text(values, "leadUnit") } })),
    },
    MarkDocument: {
      label: "标记",
      note: "可以随时改回。",
      fields: [FIELD.important, { name: "difficult", label: "疑难问题", kind: "check" }],
      initial: { important: document.important, difficult: document.difficult },
      send: (values, header) => answer(api.POST("/v1/documents/{document}:mark", { params: { path, header }, body: { important: flag(values, "important"), difficult: flag(values, "difficult") } })),
    },
    AddReaders: {
      label: "增加传阅",
      note: "传阅件送出后不能收回。",
      fields: [{ name: "readers", label: "传阅对象", kind: "persons", required: true }],
      send: (values, header) => answer(api.POST("/v1/documents/{document}:addReaders", { params: { path, header }, body: { readers: list(values, "readers") } })),
    },
    CorrectDocument: {
      label: "更正",
      note: "更正前后的内容都会留痕；时限照常计算。",
      fields: [FIELD.title, FIELD.sender, FIELD.senderNumber, FIELD.senderDate, FIELD.documentType, FIELD.source, FIELD.urgency, FIELD.matters, FIELD.containsRequest, FIELD.comprehensive, FIELD.reason],
      declared,
      initial: { ...pick(document), senderDate: dateField(document.senderDate), ...valuesOf(document.fields, declared) },
      send: (values, header) => correct(path.document, document, values, declared, header),
    },
    IssueDocument: {
      label: "编号印发",
      note: "编号取出后不能收回，作废也保留占号。",
      fields: [
        { name: "series", label: "发文机关代字", kind: "text", required: true, max: 64, help: "如发文字号中“〔”之前的部分" },
        { name: "reservedNumber", label: "使用预留文号", kind: "text", max: 100, help: "不填则取下一个号" },
      ],
      send: (values, header) => answer(api.POST("/v1/documents/{document}:issue", { params: { path, header }, body: { series: text(values, "series"), reservedNumber: text(values, "reservedNumber") } })),
    },
    MergeDocument: {
      label: "合并重复件",
      note: "本件并入另一件，未办的环节和时限随之终止；不能撤销。",
      danger: true,
      fields: [{ name: "into", label: "保留的文件", kind: "document", required: true, documents: { kind: "DOCUMENT_KIND_INCOMING", states: KEPT, like: document } }, FIELD.reason],
      send: (values, header) => answer(api.POST("/v1/documents/{document}:merge", { params: { path, header }, body: { into: text(values, "into"), reason: text(values, "reason") } })),
    },
    VoidDocument: {
      label: "作废",
      note: "作废后不能恢复；编号保留，不再使用。",
      danger: true,
      fields: [FIELD.reason],
      send: (values, header) => answer(api.POST("/v1/documents/{document}:void", { params: { path, header }, body: { reason: text(values, "reason") } })),
    },
  };
}

/** The order in which they are offered; what is not in it has a place of its own on the page. */
export const OFFERED = ["ClassifyDocument", "PreforwardDocument", "IssueDocument", "AddReaders", "MarkDocument", "CorrectDocument", "ReturnDocument", "MergeDocument", "VoidDocument"] as const;

function pick(document: Document): Values {
  return Object.fromEntries(CORRECTED.map((name) => [name, document[name] === "" ? undefined : document[name]]));
}

function correct(id: string, before: Document, values: Values, declared: readonly Declared[], header: Header): Promise<unknown> {
  const given: Record<string, unknown> = { ...values, senderDate: dateFrom(values.senderDate) };
  const changed = CORRECTED.filter((name) => JSON.stringify(given[name] ?? "") !== JSON.stringify(before[name] ?? ""));
  const stated = changedIn(saidOf(values, declared, before.fields), before.fields);
  const fields = Object.keys(stated).length > 0 ? { fields: stated } : {};
  const document = { ...Object.fromEntries(changed.map((name) => [name, given[name]])), ...fields } as Partial<Document>;
  return answer(
    api.POST("/v1/documents/{document}:correct", {
      params: { path: { document: id }, header },
      body: { document: { ...document, name: before.name }, updateMask: Object.keys(document).join(","), reason: text(values, "reason"), etag: before.etag } as never,
    }),
  );
}

/** What is stated otherwise than before. */
function changedIn(said: Record<string, unknown>, before: Record<string, unknown> = {}): Record<string, unknown> {
  return Object.fromEntries(Object.entries(said).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name])));
}
