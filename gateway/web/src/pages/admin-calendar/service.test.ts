import { expect, it } from "vitest";
import { type CalendarDay, keyOf, lookOf, monthsOf, weekdayOf } from "./service";

const day = (year: number, month: number, number: number, more: Partial<CalendarDay> = {}): CalendarDay =>
  ({ day: { year, month, day: number }, working: "WORKING_WORKS", ...more }) as CalendarDay;

it("knows the weekday of a day without a zone", () => {
  expect(weekdayOf(day(2026, 11, 23))).toBe(1);
  expect(weekdayOf(day(2026, 11, 22))).toBe(7);
});

it("tells make-up days, holidays and arrangements of the office apart", () => {
  expect(lookOf(day(2026, 11, 23))).toBe("works");
  expect(lookOf(day(2026, 11, 22, { working: "WORKING_RESTS" }))).toBe("rests");
  expect(lookOf(day(2026, 10, 10))).toBe("makeup");
  expect(lookOf(day(2026, 10, 1, { working: "WORKING_RESTS" }))).toBe("holiday");
  expect(lookOf(day(2026, 11, 23, { working: "WORKING_RESTS", local: true }))).toBe("local-rests");
  expect(lookOf(day(2026, 11, 22, { local: true }))).toBe("local-works");
});

it("draws a month in weeks from Monday", () => {
  const days = Array.from({ length: 30 }, (_, at) => day(2026, 11, at + 1));
  const [month] = monthsOf(days);
  expect(month?.month).toBe(11);
  expect(month?.weeks).toHaveLength(6);
  expect(month?.weeks[0]?.map((each) => each && keyOf(each))).toEqual([null, null, null, null, null, null, "2026-11-01"]);
  expect(month?.weeks.flat().filter(Boolean)).toHaveLength(30);
});
