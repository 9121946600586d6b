import { useQuery } from "@tanstack/react-query";
import { answer, api, type Schemas } from "@/api/client";

export type CalendarDay = Schemas["xiaoneng.directory.v1.CalendarDay"];

export function useYear(year: number, unit: string) {
  return useQuery({
    queryKey: ["calendarDays", String(year), unit],
    queryFn: async () => {
      const query = {
        "firstDate.year": year, "firstDate.month": 1, "firstDate.day": 1,
        "lastDate.year": year, "lastDate.month": 12, "lastDate.day": 31,
        unit: unit && `units/${unit}`,
      };
      return (await answer(api.GET("/v1/calendarDays", { params: { query: query as never } }))).days ?? [];
    },
  });
}

/** How a day is drawn: an ordinary one, one that the country arranges, or one that the office arranges. */
export type Look = "works" | "rests" | "makeup" | "holiday" | "local-works" | "local-rests";

const SATURDAY = 6;

export function lookOf(day: CalendarDay): Look {
  const works = day.working === "WORKING_WORKS" || day.working === "WORKING_PRESUMABLY_WORKS";
  if (day.local) return works ? "local-works" : "local-rests";
  const weekend = weekdayOf(day) >= SATURDAY;
  if (works) return weekend ? "makeup" : "works";
  return weekend ? "rests" : "holiday";
}

export function isPresumed(day: CalendarDay): boolean {
  return day.working === "WORKING_PRESUMABLY_WORKS" || day.working === "WORKING_PRESUMABLY_RESTS";
}

/** 1 is Monday, 7 is Sunday. */
export function weekdayOf({ day }: CalendarDay): number {
  const found = new Date(Date.UTC(day.year ?? 1970, (day.month ?? 1) - 1, day.day ?? 1)).getUTCDay();
  return found === 0 ? 7 : found;
}

/** `2026-11-23`. */
export function keyOf({ day }: CalendarDay): string {
  return [String(day.year ?? 0), String(day.month ?? 0).padStart(2, "0"), String(day.day ?? 0).padStart(2, "0")].join("-");
}

export interface Month {
  month: number;
  /** Weeks from Monday; null where the month has not begun or is over. */
  weeks: (CalendarDay | null)[][];
}

export function monthsOf(days: readonly CalendarDay[]): Month[] {
  const found = new Map<number, CalendarDay[]>();
  for (const day of days) found.set(day.day.month ?? 0, [...(found.get(day.day.month ?? 0) ?? []), day]);
  return [...found].map(([month, own]) => {
    const first = own[0];
    const cells: (CalendarDay | null)[] = [...Array<null>(first ? weekdayOf(first) - 1 : 0).fill(null), ...own];
    while (cells.length % 7 !== 0) cells.push(null);
    return { month, weeks: Array.from({ length: cells.length / 7 }, (_, at) => cells.slice(at * 7, at * 7 + 7)) };
  });
}
