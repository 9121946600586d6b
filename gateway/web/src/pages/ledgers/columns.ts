import type { Schemas } from "@/api/client";
import type { Column, Order, View } from "@/shared/ledger";
import type { Names } from "@/shared/names";
import { moment } from "@/shared/time";
import { DOCUMENT_STATES, LEDGER_STATES } from "@/shared/words";

export type Entry = Schemas["xiaoneng.documents.v1.LedgerEntry"];

export const VIEWS: Record<View, string> = {
  LEDGER_VIEW_INCOMING: "收文台账",
  LEDGER_VIEW_OUTGOING: "发文台账",
  LEDGER_VIEW_SUBMISSION: "报文台账",
  LEDGER_VIEW_SUPERVISED: "督办台账",
};
const FIRST_VIEW = "LEDGER_VIEW_INCOMING";

/** The ledger of an address; one that nobody knows is the first. */
export function viewOf(filter: { view?: string }): View {
  return filter.view !== undefined && filter.view in VIEWS ? (filter.view as View) : FIRST_VIEW;
}

const ORDER_NAMES: Record<Order, string> = {
  LEDGER_ORDER_NEWEST: "最新在前",
  LEDGER_ORDER_OLDEST: "最早在前",
  LEDGER_ORDER_NUMBER: "按编号",
  LEDGER_ORDER_DUE: "先到期在前",
  LEDGER_ORDER_CLOSED: "最近销号在前",
};
const BY_TIME: readonly Order[] = ["LEDGER_ORDER_NEWEST", "LEDGER_ORDER_OLDEST", "LEDGER_ORDER_NUMBER"];

/** The orders that a ledger offers, its usual one first. */
export function ordersOf(view: View): { value: Order; label: string }[] {
  const offered: readonly Order[] = view === "LEDGER_VIEW_SUPERVISED" ? ["LEDGER_ORDER_DUE", "LEDGER_ORDER_CLOSED"] : BY_TIME;
  return offered.map((value) => ({ value, label: ORDER_NAMES[value] }));
}

const TITLES: Record<Column, string> = {
  LEDGER_COLUMN_NUMBER: "编号",
  LEDGER_COLUMN_TITLE: "标题",
  LEDGER_COLUMN_SENDER: "来文单位",
  LEDGER_COLUMN_SENDER_NUMBER: "来文字号",
  LEDGER_COLUMN_TYPE: "文种",
  LEDGER_COLUMN_CLASS: "类别",
  LEDGER_COLUMN_OPENED: "登记时间",
  LEDGER_COLUMN_STATE: "状态",
  LEDGER_COLUMN_LEAD_UNIT: "牵头单位",
  LEDGER_COLUMN_UNITS: "承办单位",
  LEDGER_COLUMN_INITIATING_UNIT: "拟稿单位",
  LEDGER_COLUMN_INITIATOR: "拟稿人",
  LEDGER_COLUMN_DUE: "办结时限",
  LEDGER_COLUMN_CLOSED: "办结时间",
  LEDGER_COLUMN_OVERDUE: "逾期",
  LEDGER_COLUMN_MARGIN: "提前（小时）",
  LEDGER_COLUMN_BASIS: "依据",
};
/** What a ledger calls otherwise: as in the spreadsheet. */
const OTHERWISE: Record<View, Partial<Record<Column, string>>> = {
  LEDGER_VIEW_INCOMING: { LEDGER_COLUMN_NUMBER: "收文编号", LEDGER_COLUMN_INITIATING_UNIT: "登记单位", LEDGER_COLUMN_INITIATOR: "登记人" },
  LEDGER_VIEW_OUTGOING: { LEDGER_COLUMN_NUMBER: "发文字号", LEDGER_COLUMN_OPENED: "拟稿时间" },
  LEDGER_VIEW_SUBMISSION: { LEDGER_COLUMN_OPENED: "拟稿时间" },
  LEDGER_VIEW_SUPERVISED: { LEDGER_COLUMN_CLOSED: "销号时间", LEDGER_COLUMN_INITIATING_UNIT: "经办单位", LEDGER_COLUMN_INITIATOR: "经办人" },
};

export const COLUMNS = Object.keys(TITLES) as Column[];

/** What is shown where nothing was chosen; the spreadsheet may have more. */
const USUAL: Record<View, readonly string[]> = {
  LEDGER_VIEW_INCOMING: ["NUMBER", "TITLE", "SENDER", "SENDER_NUMBER", "CLASS", "OPENED", "STATE", "UNITS", "DUE", "OVERDUE"],
  LEDGER_VIEW_OUTGOING: ["NUMBER", "TITLE", "TYPE", "INITIATING_UNIT", "INITIATOR", "OPENED", "STATE", "CLOSED"],
  LEDGER_VIEW_SUBMISSION: ["NUMBER", "TITLE", "TYPE", "INITIATING_UNIT", "INITIATOR", "OPENED", "STATE", "DUE", "OVERDUE"],
  LEDGER_VIEW_SUPERVISED: ["NUMBER", "TITLE", "STATE", "UNITS", "OPENED", "DUE", "CLOSED", "OVERDUE", "BASIS"],
};

/** The columns that are shown: those that were chosen, in their order, else the usual ones. */
export function shownOf(view: View, chosen: readonly string[] | undefined): Column[] {
  const known = (chosen ?? []).filter((each, at, all): each is Column => each in TITLES && all.indexOf(each) === at);
  return known.length > 0 ? known : USUAL[view].map((each) => `LEDGER_COLUMN_${each}` as Column);
}

export function titleOf(view: View, column: Column): string {
  return OTHERWISE[view][column] ?? TITLES[column];
}

/** What a column sorts by when its head is pressed. */
export function orderOf(view: View, column: Column, now: Order): Order | undefined {
  const supervised = view === "LEDGER_VIEW_SUPERVISED";
  if (column === "LEDGER_COLUMN_NUMBER") return supervised ? undefined : "LEDGER_ORDER_NUMBER";
  if (column === "LEDGER_COLUMN_OPENED") return supervised ? undefined : now === "LEDGER_ORDER_NEWEST" ? "LEDGER_ORDER_OLDEST" : "LEDGER_ORDER_NEWEST";
  if (column === "LEDGER_COLUMN_DUE") return supervised ? "LEDGER_ORDER_DUE" : undefined;
  if (column === "LEDGER_COLUMN_CLOSED") return supervised ? "LEDGER_ORDER_CLOSED" : undefined;
  return undefined;
}

/** How a column is sorted now, as screen readers say it. */
export function sortOf(column: Column, order: Order): "ascending" | "descending" | undefined {
  if (column === "LEDGER_COLUMN_NUMBER" && order === "LEDGER_ORDER_NUMBER") return "descending";
  if (column === "LEDGER_COLUMN_OPENED" && order === "LEDGER_ORDER_NEWEST") return "descending";
  if (column === "LEDGER_COLUMN_OPENED" && order === "LEDGER_ORDER_OLDEST") return "ascending";
  if (column === "LEDGER_COLUMN_DUE" && order === "LEDGER_ORDER_DUE") return "ascending";
  if (column === "LEDGER_COLUMN_CLOSED" && order === "LEDGER_ORDER_CLOSED") return "descending";
  return undefined;
}

/** What a cell says; title, due moment and basis lead somewhere and are drawn by the table. */
export function textOf(entry: Entry, column: Column, view: View, names: Names, word: (vocabulary: string, code: string | undefined) => string): string {
  switch (column) {
    case "LEDGER_COLUMN_NUMBER":
      return entry.number ?? "";
    case "LEDGER_COLUMN_TITLE":
      return entry.title ?? "";
    case "LEDGER_COLUMN_SENDER":
      return entry.sender ?? "";
    case "LEDGER_COLUMN_SENDER_NUMBER":
      return entry.senderNumber ?? "";
    case "LEDGER_COLUMN_TYPE":
      return word("document_type", entry.documentType);
    case "LEDGER_COLUMN_CLASS":
      return word("document_class", entry.documentClass);
    case "LEDGER_COLUMN_OPENED":
      return moment(entry.openTime);
    case "LEDGER_COLUMN_STATE":
      return view === "LEDGER_VIEW_SUPERVISED" ? LEDGER_STATES[entry.state ?? "LEDGER_STATE_UNSPECIFIED"] : DOCUMENT_STATES[entry.documentState ?? "DOCUMENT_STATE_UNSPECIFIED"];
    case "LEDGER_COLUMN_LEAD_UNIT":
      return names.unit(entry.leadUnit);
    case "LEDGER_COLUMN_UNITS":
      return (entry.units ?? []).map((unit) => names.unit(unit)).join("、");
    case "LEDGER_COLUMN_INITIATING_UNIT":
      return names.unit(entry.initiatingUnit);
    case "LEDGER_COLUMN_INITIATOR":
      return names.person(entry.initiator);
    case "LEDGER_COLUMN_DUE":
      return moment(entry.dueTime);
    case "LEDGER_COLUMN_CLOSED":
      return moment(entry.closeTime);
    case "LEDGER_COLUMN_OVERDUE":
      return entry.overdue ? "是" : "否";
    case "LEDGER_COLUMN_MARGIN":
      return entry.closeTime && entry.dueTime ? String(Math.round((entry.marginHours ?? 0) * 10) / 10) : "";
    case "LEDGER_COLUMN_BASIS":
      return entry.citation?.article ?? "";
  }
}
