import type { Schemas } from "@/api/client";
import { instantOf, localOf } from "./time";

/** What ledgers and searches are narrowed to, as it stands in an address and as the contract says it. */
export type LedgerFilter = Schemas["xiaoneng.documents.v1.LedgerFilter"];
export type View = Exclude<Schemas["xiaoneng.documents.v1.LedgerView"], "LEDGER_VIEW_UNSPECIFIED">;
export type Order = Exclude<Schemas["xiaoneng.documents.v1.LedgerOrder"], "LEDGER_ORDER_UNSPECIFIED">;
export type Column = NonNullable<LedgerFilter["columns"]>[number];

/** Parts of an address that are one word of the contract, with the prefix that the contract puts before it. */
const WORDS = {
  view: "LEDGER_VIEW_",
  order: "LEDGER_ORDER_",
  kind: "DOCUMENT_KIND_",
  state: "DOCUMENT_STATE_",
  ledgerState: "LEDGER_STATE_",
} as const;
const TEXTS = ["documentClass", "documentType", "unit", "person", "sender", "number", "clause", "text"] as const;
const COLUMN = "LEDGER_COLUMN_";
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** The names in an address that narrow something. */
export const NARROWING = ["text", "kind", "state", "ledgerState", "documentClass", "documentType", "unit", "person", "sender", "number", "clause", "from", "until", "overdue"] as const;

/** What an address says. A day that is no day narrows nothing; what the server does not know it refuses in words. */
export function filterFrom(search: URLSearchParams): LedgerFilter {
  const found: Record<string, unknown> = {};
  for (const [name, prefix] of Object.entries(WORDS)) {
    const said = search.get(name);
    if (said) found[name] = prefix + said.toUpperCase();
  }
  for (const name of TEXTS) {
    const said = search.get(name)?.trim();
    if (said) found[name] = said;
  }
  const from = dayIn(search, "from");
  const until = dayIn(search, "until");
  if (from) found.listedFrom = instantOf(from, "00:00");
  if (until) found.listedUntil = instantOf(dayAfter(until), "00:00");
  if (search.get("overdue") === "yes") found.overdue = true;
  const columns = search.get("columns")?.split(",").filter(Boolean);
  if (columns?.length) found.columns = columns.map((each) => COLUMN + each.toUpperCase());
  return found;
}

/** The address that says this filter: `filterFrom` gives it back. */
export function searchOf(filter: LedgerFilter): URLSearchParams {
  const search = new URLSearchParams();
  for (const [name, prefix] of Object.entries(WORDS)) {
    const value = filter[name as keyof typeof WORDS];
    if (value && !value.endsWith("_UNSPECIFIED")) search.set(name, value.slice(prefix.length).toLowerCase());
  }
  for (const name of TEXTS) {
    if (filter[name]) search.set(name, filter[name]);
  }
  if (filter.listedFrom) search.set("from", localOf(filter.listedFrom).day);
  if (filter.listedUntil) search.set("until", dayBefore(filter.listedUntil));
  if (filter.overdue) search.set("overdue", "yes");
  if (filter.columns?.length) search.set("columns", filter.columns.map((each) => each.slice(COLUMN.length).toLowerCase()).join(","));
  return search;
}

type Query = { [Name in keyof LedgerFilter as `filter.${Name}`]: LedgerFilter[Name] };

/** The filter as parameters of a read. */
export function queryOf(filter: LedgerFilter): Query {
  return Object.fromEntries(Object.entries(filter).map(([name, value]) => [`filter.${name}`, value]));
}

/** A filter without some of its parts. */
export function without(filter: LedgerFilter, ...names: (keyof LedgerFilter)[]): LedgerFilter {
  return Object.fromEntries(Object.entries(filter).filter(([name]) => !names.includes(name as keyof LedgerFilter)));
}

function dayIn(search: URLSearchParams, name: string): string {
  const said = search.get(name) ?? "";
  return DAY.test(said) && !Number.isNaN(Date.parse(said)) ? said : "";
}

const DAY_MS = 24 * 3600 * 1000;

function dayAfter(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + DAY_MS).toISOString().slice(0, 10);
}

/** The last day of a period that ends at this instant. */
function dayBefore(instant: string): string {
  return localOf(new Date(Date.parse(instant) - 1).toISOString()).day;
}
