import { beforeEach, describe, expect, it } from "vitest";
import { between, date, instantOf, localOf, moment, setZone, span, weekdayDate } from "./time";

const NOW = new Date("2026-11-22T00:00:00Z");

describe("times in the tenant's zone", () => {
  beforeEach(() => {
    setZone("Asia/Shanghai");
  });

  it("shows the weekday and 24 hours", () => {
    expect(moment("2026-11-23T09:30:00Z", NOW)).toBe("11月23日 周一 17:30");
  });

  it("shows midnight as 00:00 of the day that begins", () => {
    expect(moment("2026-11-22T16:00:00Z", NOW)).toBe("11月23日 周一 00:00");
  });

  it("names another year", () => {
    expect(moment("2027-01-04T00:30:00Z", NOW)).toBe("2027年1月4日 周一 08:30");
  });

  it("goes by the zone of the tenant, not of the browser", () => {
    setZone("Asia/Urumqi");
    expect(moment("2026-11-23T09:30:00Z", NOW)).toBe("11月23日 周一 15:30");
  });

  it("turns what a wall clock shows into an instant and back", () => {
    const instant = instantOf("2026-11-23", "17:30");
    expect(instant).toBe("2026-11-23T09:30:00.000Z");
    expect(localOf(instant)).toEqual({ day: "2026-11-23", time: "17:30" });
  });

  it("names the weekday of a day", () => {
    expect(weekdayDate({ year: 2026, month: 11, day: 22 })).toBe("2026年11月22日 周日");
    expect(weekdayDate({ year: 2026, month: 12 })).toBe("2026年12月");
  });

  it("leaves out what a date does not say", () => {
    expect(date({ year: 2026, month: 11, day: 2 })).toBe("2026年11月2日");
    expect(date({ year: 2026 })).toBe("2026年");
    expect(date(undefined)).toBe("");
  });

  it("tells spans in their two largest units", () => {
    expect(span(30)).toBe("不到1分钟");
    expect(span(45 * 60)).toBe("45分钟");
    expect(span(3 * 3600 + 300)).toBe("3小时5分钟");
    expect(span(between("2026-11-20T00:00:00Z", "2026-11-22T03:00:00Z"))).toBe("2天3小时");
  });
});
