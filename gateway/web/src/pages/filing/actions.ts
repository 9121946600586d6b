import { answer, api, idOf } from "@/api/client";
import { FIELD } from "@/components/form/about";
import type { Action } from "@/components/form/action-dialog";
import { text } from "@/components/form/fields";
import { dateFrom } from "@/shared/moments";
import type { Destruction } from "./service";

const TOUCHES = ["documents", "archiveReceipts", "destructions", "todos"];

/** `unclear`: for some of them the rules name no class. */
export function fileThem(year: number, documents: readonly string[], unclear: boolean): Action {
  return {
    label: "归档",
    note: "归档后给出档号，文件只能查看，不能再改；不能撤销。",
    touches: TOUCHES,
    fields: [
      {
        name: "retentionClass",
        label: "保管期限",
        kind: "code",
        vocabulary: "retention_class",
        required: unclear,
        help: unclear ? "选定的文件中有制度没有规定保管期限的，须选定；选定后适用于全部所选文件" : "不选则按制度规定的保管期限",
      },
    ],
    send: (values, header) =>
      answer(api.POST("/v1/documents:file", { params: { header }, body: { year, documents: [...documents], retentionClass: text(values, "retentionClass") } })),
  };
}

/** `sha256`: of the package that was downloaded last. */
export function receive(year: number, count: number, sha256: string): Action {
  return {
    label: "登记接收回执",
    note: "档案馆（室）接收归档包后登记；不能修改或删除。",
    touches: TOUCHES,
    fields: [
      { name: "year", label: "归档年度", kind: "int", required: true, half: true },
      { name: "documentCount", label: "件数", kind: "int", required: true, half: true },
      { name: "receiptNumber", label: "回执编号", kind: "text", required: true, max: 100, half: true },
      { name: "receiveDate", label: "接收日期", kind: "date", required: true, half: true },
      { name: "packageSha256", label: "归档包校验值", kind: "text", required: true, max: 64, help: "回执上列明的 64 位校验值（SHA-256）；刚下载过归档包的，已自动填写" },
    ],
    initial: { year, documentCount: count || undefined, packageSha256: sha256 || undefined },
    send: (values, header) =>
      answer(
        api.POST("/v1/archiveReceipts", {
          params: { header },
          body: {
            year: Number(values.year),
            documentCount: Number(values.documentCount),
            receiptNumber: text(values, "receiptNumber"),
            receiveDate: dateFrom(values.receiveDate) ?? {},
            packageSha256: text(values, "packageSha256").toLowerCase(),
          },
        }),
      ),
  };
}

export function proposeDestruction(documents: readonly string[]): Action {
  return {
    label: "提请销毁",
    note: "须由另一人批准；批准前不会删除，可以不予批准。",
    danger: true,
    touches: TOUCHES,
    fields: [FIELD.reason],
    send: (values, header) => answer(api.POST("/v1/destructions", { params: { header }, body: { documents: [...documents], reason: text(values, "reason") } })),
  };
}

export function decide({ name = "" }: Destruction, approved: boolean): Action {
  return {
    label: approved ? "批准销毁" : "不予销毁",
    note: approved ? "批准后立即删除清册上的文件和附件，不能恢复；清册长期保留。" : "文件全部保留；需要时可以重新提请。",
    danger: approved,
    touches: TOUCHES,
    fields: [{ ...FIELD.reason, label: "意见" }],
    send: (values, header) =>
      answer(api.POST("/v1/destructions/{destruction}:decide", { params: { path: { destruction: idOf(name) }, header }, body: { approved, reason: text(values, "reason") } })),
  };
}
