import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { answer, api, type Schemas } from "@/api/client";
import { localOf } from "@/shared/time";

export type Counts = Schemas["xiaoneng.documents.v1.EfficiencyCounts"];
export type Efficiency = Schemas["xiaoneng.documents.v1.Efficiency"];
export type Item = Schemas["xiaoneng.documents.v1.EfficiencyItem"];
export type Measure = Exclude<Schemas["xiaoneng.documents.v1.Measure"], "MEASURE_UNSPECIFIED">;

/** What the address of the page says. Days are written `2026-11-23`. */
export interface Filter {
  unit: string;
  first: string;
  last: string;
}

/** The number that is opened: which measure, perhaps of one rule or one unit. */
export interface Opened {
  measure: Measure;
  rule: string;
  unit: string;
}

export const MEASURES: Record<Measure, string> = {
  MEASURE_MET: "按时办结",
  MEASURE_BREACHED: "逾期",
  MEASURE_SET_ASIDE: "逾期认定已撤销",
  MEASURE_OPEN: "正在计时",
  MEASURE_OVERDUE: "逾期未办",
};

const SPAN_DAYS = 90;
const DAY = 24 * 3600 * 1000;
const WRITTEN = /^\d{4}-\d{2}-\d{2}$/;

export function filterFrom(search: URLSearchParams, ownUnit: string, now: Date = new Date()): Filter {
  const given = (name: string, otherwise: Date) => {
    const written = search.get(name) ?? "";
    return WRITTEN.test(written) ? written : localOf(otherwise.toISOString()).day;
  };
  return { unit: search.get("unit") ?? ownUnit, first: given("from", new Date(now.getTime() - SPAN_DAYS * DAY)), last: given("to", now) };
}

export function openedFrom(search: URLSearchParams, unit: string): Opened | null {
  const measure = `MEASURE_${(search.get("list") ?? "").toUpperCase()}`;
  if (!(measure in MEASURES)) return null;
  return { measure: measure as Measure, rule: search.get("rule") ?? "", unit: search.get("of") ?? unit };
}

function dateParts(name: "firstDay" | "lastDay", written: string) {
  const [year = 0, month = 0, day = 0] = written.split("-").map(Number);
  return { [`${name}.year`]: year, [`${name}.month`]: month, [`${name}.day`]: day };
}

/** A period of the contract. */
export function period({ first, last }: Filter) {
  return { ...dateParts("firstDay", first), ...dateParts("lastDay", last) };
}

export function useEfficiency(filter: Filter) {
  return useQuery({
    queryKey: ["documents", "efficiency", filter.unit, filter.first, filter.last],
    placeholderData: keepPreviousData,
    queryFn: () => answer(api.GET("/v1/efficiency", { params: { query: { ...period(filter), ...(filter.unit && { unit: filter.unit }) } } })),
  });
}

/** The limits behind a number. */
export function useItems(filter: Filter, { measure, rule, unit }: Opened) {
  return useInfiniteQuery({
    queryKey: ["documents", "efficiency", "items", unit, filter.first, filter.last, measure, rule],
    initialPageParam: "",
    queryFn: ({ pageParam }) =>
      answer(
        api.GET("/v1/efficiency/items", {
          params: { query: { ...period(filter), measure, pageSize: 30, pageToken: pageParam, ...(unit && { unit }), ...(rule && { rule }) } },
        }),
      ),
    getNextPageParam: (last) => last.nextPageToken || undefined,
  });
}

/** A share as people read it: `86%`; nothing where there is none. */
export function percent(share: number | undefined): string {
  return share === undefined ? "—" : `${String(Math.round(share * 100))}%`;
}
