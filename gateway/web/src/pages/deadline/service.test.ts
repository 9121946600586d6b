import { describe, expect, it } from "vitest";
import { contributed, months } from "./service";

describe("the calendar of a limit", () => {
  it("begins its weeks on Monday and holds every day of the month", () => {
    const [april] = months([{ day: { year: 2019, month: 4, day: 15 }, counted: true, days: 1 }]);
    expect(april?.title).toBe("2019年4月");
    expect(april?.cells.filter(({ number }) => number === 0)).toHaveLength(0);
    expect(april?.cells).toHaveLength(30);
    expect(april?.cells[14]?.day?.days).toBe(1);
  });

  it("has a page for each month", () => {
    const found = months([{ day: { year: 2019, month: 12, day: 31 } }, { day: { year: 2020, month: 1, day: 1 } }]);
    expect(found.map(({ title }) => title)).toEqual(["2019年12月", "2020年1月"]);
    expect(found[1]?.cells.filter(({ number }) => number === 0)).toHaveLength(2);
  });

  it("says what a day contributes in its own unit", () => {
    expect(contributed({ counted: true, days: 1 })).toBe("1天");
    expect(contributed({ counted: true, seconds: "12600" })).toBe("3小时30分钟");
    expect(contributed({ counted: false })).toBe("不计");
  });
});
