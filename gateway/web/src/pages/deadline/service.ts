import { useQuery } from "@tanstack/react-query";
import { answer, api, type Schemas } from "@/api/client";

export type Explanation = Schemas["xiaoneng.documents.v1.DeadlineExplanation"];
export type ExplainedDay = Schemas["xiaoneng.documents.v1.ExplainedDay"];

export function useExplanation(deadline: string) {
  return useQuery({
    queryKey: ["documents", "deadline", deadline],
    queryFn: () => answer(api.GET("/v1/documents:explainDeadline", { params: { query: { deadline: `deadlines/${deadline}` } } })),
  });
}

export interface Cell {
  /** Day of the month; 0 pads the first week. */
  number: number;
  day?: ExplainedDay;
}

export interface Month {
  title: string;
  cells: Cell[];
}

/** The days of an explanation as pages of a calendar that begins on Monday. */
export function months(days: readonly ExplainedDay[]): Month[] {
  const byMonth = new Map<string, Map<number, ExplainedDay>>();
  for (const each of days) {
    const { year = 0, month = 0, day = 0 } = each.day ?? {};
    const key = `${String(year)}-${String(month)}`;
    byMonth.set(key, (byMonth.get(key) ?? new Map<number, ExplainedDay>()).set(day, each));
  }
  return [...byMonth].map(([key, found]) => {
    const [year = 0, month = 0] = key.split("-").map(Number);
    const lead = (new Date(Date.UTC(year, month - 1, 1)).getUTCDay() + 6) % 7;
    const length = new Date(Date.UTC(year, month, 0)).getUTCDate();
    const cells: Cell[] = Array.from({ length: lead }, () => ({ number: 0 }));
    for (let number = 1; number <= length; number += 1) cells.push({ number, day: found.get(number) });
    return { title: `${String(year)}年${String(month)}月`, cells };
  });
}

/** What a day contributes: `1天`, `3小时30分钟`. */
export function contributed(day: ExplainedDay): string {
  if (!day.counted) return "不计";
  if (day.days) return `${String(day.days)}天`;
  const minutes = Math.round(Number(day.seconds ?? 0) / 60);
  const hours = Math.floor(minutes / 60);
  return `${hours ? `${String(hours)}小时` : ""}${minutes % 60 ? `${String(minutes % 60)}分钟` : ""}` || "计入";
}
