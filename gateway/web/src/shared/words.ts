import type { Schemas } from "@/api/client";

/** The closed lists of the contract in Chinese. What a pack names comes from the server (`useVocabulary`). */
export type Verdict = Schemas["xiaoneng.documents.v1.Verdict"];
export type StepState = Schemas["xiaoneng.documents.v1.StepState"];
export type DocumentState = Schemas["xiaoneng.documents.v1.DocumentState"];
export type DocumentKind = Schemas["xiaoneng.documents.v1.DocumentKind"];

export const VERDICTS: Record<Verdict, string> = {
  VERDICT_UNSPECIFIED: "办理完毕",
  VERDICT_APPROVE: "同意",
  VERDICT_DISAPPROVE: "不同意",
  VERDICT_PASS_ON: "转请上级审批",
  VERDICT_NOTED: "知悉",
  VERDICT_READ: "已阅",
};

// What is done at these is work, not a judgement.
const NO_JUDGEMENT = new Set(["draft", "register", "propose", "handle", "report", "execute", "reply", "issue"]);

/** How somebody decided at a step; empty where there was nothing to decide. */
export function verdictWord(act: string | undefined, verdict: Verdict | undefined): string {
  return verdict === undefined || verdict === "VERDICT_UNSPECIFIED" || NO_JUDGEMENT.has(act ?? "") ? "" : VERDICTS[verdict];
}

/** Decision and opinion as one reads them; an opinion that begins with the decision says it. */
export function saidAt({ act, verdict, opinion = "" }: { act?: string; verdict?: Verdict; opinion?: string }): { decision: string; opinion: string } {
  const decision = verdictWord(act, verdict);
  return { decision: opinion && (opinion.startsWith(decision) || verdict === "VERDICT_READ") ? "" : decision, opinion };
}

export const STEP_STATES: Record<StepState, string> = {
  STEP_STATE_UNSPECIFIED: "",
  STEP_STATE_UPCOMING: "尚未到达",
  STEP_STATE_OPEN: "办理中",
  STEP_STATE_WAITING: "等待加签",
  STEP_STATE_MERGED: "已并入",
  STEP_STATE_DONE: "已办",
  STEP_STATE_SKIPPED: "无须办理",
  STEP_STATE_SENT_BACK: "已退回",
  STEP_STATE_TAKEN_BACK: "已撤回",
  STEP_STATE_WITHDRAWN: "已取消",
  STEP_STATE_LAPSED: "已终止",
};

export const DOCUMENT_STATES: Record<DocumentState, string> = {
  DOCUMENT_STATE_UNSPECIFIED: "",
  DOCUMENT_STATE_DRAFT: "草稿",
  DOCUMENT_STATE_REGISTERED: "待分类",
  DOCUMENT_STATE_RUNNING: "流转中",
  DOCUMENT_STATE_CLOSED: "已办结",
  DOCUMENT_STATE_ENDED: "已终止",
  DOCUMENT_STATE_RETURNED: "已退文",
  DOCUMENT_STATE_RETURN_PENDING: "退文待批",
  DOCUMENT_STATE_VOID: "已作废",
  DOCUMENT_STATE_MERGED: "已合并",
};

export const DOCUMENT_KINDS: Record<DocumentKind, string> = {
  DOCUMENT_KIND_UNSPECIFIED: "",
  DOCUMENT_KIND_INCOMING: "收文",
  DOCUMENT_KIND_OUTGOING: "发文",
  DOCUMENT_KIND_SUBMISSION: "呈批件",
};

export type MessageKind = Schemas["xiaoneng.notifications.v1.MessageKind"];

export const MESSAGE_KINDS: Record<MessageKind, string> = {
  MESSAGE_KIND_UNSPECIFIED: "",
  MESSAGE_KIND_REMINDER: "待办提醒",
  MESSAGE_KIND_WARNING: "临期提醒",
  MESSAGE_KIND_BREACH: "逾期告知",
  MESSAGE_KIND_ESCALATION: "逐级督促",
  MESSAGE_KIND_NOTICE: "通知",
};

export type LedgerState = Schemas["xiaoneng.documents.v1.LedgerState"];

export const LEDGER_STATES: Record<LedgerState, string> = {
  LEDGER_STATE_UNSPECIFIED: "",
  LEDGER_STATE_OPEN: "未销号",
  LEDGER_STATE_FED_BACK: "已反馈",
  LEDGER_STATE_CLOSED: "已销号",
};

/** The words of a closed list as choices; a value stands in addresses without what the contract puts before it. */
export function choicesOf(words: Record<string, string>, prefix: string): { value: string; label: string }[] {
  return Object.entries(words)
    .filter(([, label]) => label)
    .map(([value, label]) => ({ value: value.slice(prefix.length).toLowerCase(), label }));
}
