import { answer, api } from "@/api/client";
import { FIELD } from "@/components/form/about";
import type { Action } from "@/components/form/action-dialog";
import { flag, list, text } from "@/components/form/fields";
import { partsOf } from "@/components/sign/service";
import { fieldFrom, instantFrom } from "@/shared/moments";
import type { Step } from "./route";

/** What may be done at a step beside completing it, by the names under which the server allows it. */
export function stepActions(step: Step): Record<string, Action> {
  const path = partsOf(step.name ?? "");
  const due = step.deadlines?.[0]?.dueTime;
  return {
    SendBackStep: {
      label: "退回",
      note: "退回后由上一环节重新办理；退回后不能撤销，理由会留痕。",
      fields: [FIELD.reason],
      send: (values, header) => answer(api.POST("/v1/documents/{document}/steps/{step}:sendBack", { params: { path, header }, body: { reason: text(values, "reason") } })),
    },
    TakeBackStep: {
      label: "撤回",
      note: "下一环节尚未打开时可以撤回；撤回后重新办理这一环节。",
      fields: [{ ...FIELD.reason, required: false }],
      send: (values, header) => answer(api.POST("/v1/documents/{document}/steps/{step}:takeBack", { params: { path, header }, body: { reason: text(values, "reason") } })),
    },
    TransferStep: {
      label: "转办",
      note: "转给他人办理，时限不重新计算；转出后由对方办理，您不能收回。",
      fields: [
        { name: "person", label: "转给（人员）", kind: "person", help: "不选人员时，由所选科室的负责人办理" },
        { name: "unit", label: "转给（科室）", kind: "unit" },
        FIELD.reason,
      ],
      send: (values, header) =>
        answer(api.POST("/v1/documents/{document}/steps/{step}:transfer", { params: { path, header }, body: { person: text(values, "person"), unit: text(values, "unit"), reason: text(values, "reason") } })),
    },
    AddSigner: {
      label: "加签",
      note: "加签后须等加签人签完才继续；加签不能取消。",
      fields: [
        { name: "person", label: "加签人", kind: "person", required: true },
        {
          name: "position",
          label: "顺序",
          kind: "choice",
          required: true,
          options: [
            { value: "SIGNER_POSITION_BEFORE", label: "在我之前" },
            { value: "SIGNER_POSITION_AFTER", label: "在我之后" },
          ],
        },
        { ...FIELD.reason, required: false },
      ],
      initial: { position: "SIGNER_POSITION_AFTER" },
      send: (values, header) =>
        answer(
          api.POST("/v1/documents/{document}/steps/{step}:addSigner", {
            params: { path, header },
            body: { person: text(values, "person"), position: values.position as "SIGNER_POSITION_AFTER", reason: text(values, "reason") },
          }),
        ),
    },
    StartHandling: {
      label: "开始办理",
      note: "记录开始办理的时间；不能撤销。",
      fields: [],
      send: (_, header) => answer(api.POST("/v1/documents/{document}/steps/{step}:start", { params: { path, header }, body: {} })),
    },
    RecordDispatch: {
      label: "调度部署",
      note: "记录后不能删除，可以再记一次。",
      fields: [
        { name: "units", label: "参与单位", kind: "units", required: true },
        { name: "text", label: "分工", kind: "area", required: true, max: 4000 },
      ],
      send: (values, header) => answer(api.POST("/v1/documents/{document}/steps/{step}:dispatch", { params: { path, header }, body: { units: list(values, "units"), text: text(values, "text") } })),
    },
    RequestMaterial: {
      label: "索要材料",
      note: "发出后不能收回；对方逾期会记录。",
      fields: [
        { name: "units", label: "提供单位", kind: "units", required: true },
        { name: "text", label: "需要的材料", kind: "area", required: true, max: 4000 },
        { name: "dueTime", label: "截止时间", kind: "moment" },
      ],
      send: (values, header) =>
        answer(
          api.POST("/v1/documents/{document}/steps/{step}:requestMaterial", {
            params: { path, header },
            body: { units: list(values, "units"), text: text(values, "text"), dueTime: instantFrom(values.dueTime) },
          }),
        ),
    },
    RequestExtension: {
      label: "申请延期",
      note: "经同意后时限才会改变；原时限保留在记录中。",
      fields: [{ name: "newDueTime", label: "延至", kind: "moment", required: true }, { ...FIELD.reason, required: false }],
      initial: { newDueTime: fieldFrom(due) },
      send: (values, header) =>
        answer(
          api.POST("/v1/documents/{document}/steps/{step}:requestExtension", {
            params: { path, header },
            body: { newDueTime: instantFrom(values.newDueTime) ?? "", reason: text(values, "reason") },
          }),
        ),
    },
    ReportHandling: {
      label: "报告",
      note: "报告送出后不能收回。",
      fields: [{ name: "text", label: "报告内容", kind: "area", required: true, max: 8000 }],
      send: (values, header) => answer(api.POST("/v1/documents/{document}/steps/{step}:report", { params: { path, header }, body: { text: text(values, "text") } })),
    },
    FinishReading: {
      label: "阅毕",
      note: "阅毕后从待阅中移出；下次仍可从公文中查看。",
      fields: [{ name: "opinion", label: "阅批意见", kind: "area", max: 4000 }],
      send: (values, header) => answer(api.POST("/v1/documents/{document}/steps/{step}:finishReading", { params: { path, header }, body: { opinion: text(values, "opinion") } })),
    },
    SendReply: {
      label: "答复",
      note: "答复送出后不能收回；先行回复不终止答复时限。",
      fields: [
        { name: "text", label: "答复内容", kind: "area", required: true, max: 20_000 },
        { name: "interim", label: "先行回复（说明情况，正式答复另行发出）", kind: "check" },
      ],
      send: (values, header) =>
        answer(api.POST("/v1/documents/{document}:reply", { params: { path: { document: path.document }, header }, body: { text: text(values, "text"), interim: flag(values, "interim") } })),
    },
  };
}

/** Main acts of a step that a dialog does; signing, proposing and feeding back have forms of their own. */
export const MAIN = ["FinishReading", "ReportHandling", "SendReply"] as const;
export const BESIDE = ["RecordDispatch", "RequestMaterial", "RequestExtension", "AddSigner", "TransferStep", "SendBackStep", "TakeBackStep"] as const;
