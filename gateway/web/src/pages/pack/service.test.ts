import { expect, it } from "vitest";
import { entriesOf, isInForce, matching, type Outline } from "./service";

const OUTLINE = {
  clauses: [
    { id: "r/1.1", article: "第1条", quote: "先分类", rules: ["sorted", "route"] },
    { id: "r/2.1", article: "第2条", quote: "六小时", rules: [] },
  ],
  rules: [
    { id: "route", kind: "procedure", label: "一般办件", text: "id: route" },
    { id: "sorted", kind: "check", label: "", text: "id: sorted" },
  ],
} as Outline;

it("puts the rules beside the clause that they rest on", () => {
  expect(entriesOf(OUTLINE).map(({ clause, rules }) => [clause.id, rules.map(({ id }) => id)])).toEqual([
    ["r/1.1", ["sorted", "route"]],
    ["r/2.1", []],
  ]);
});

it("finds words of clauses and of rules", () => {
  const entries = entriesOf(OUTLINE);
  expect(matching(entries, "六小时").map(({ clause }) => clause.id)).toEqual(["r/2.1"]);
  expect(matching(entries, "一般办件").map(({ clause }) => clause.id)).toEqual(["r/1.1"]);
  expect(matching(entries, "")).toHaveLength(2);
});

it("moves matters only to what is in force by now", () => {
  const now = Date.parse("2026-11-23T00:00:00Z");
  expect(isInForce({ state: "STATE_ACTIVE", activeFromTime: "2026-11-23T00:00:00Z" }, now)).toBe(true);
  expect(isInForce({ state: "STATE_ACTIVE", activeFromTime: "2026-12-01T00:00:00Z" }, now)).toBe(false);
  expect(isInForce({ state: "STATE_DRAFT" }, now)).toBe(false);
  expect(isInForce({ state: "STATE_REPEALED", activeFromTime: "2026-01-01T00:00:00Z" }, now)).toBe(false);
});
