import { expect, it } from "vitest";
import { boxesOf, isLate, rowsOf, shownLimits, type Limit, type Step } from "./route";

const step = (id: string, after: string[] = [], more: Partial<Step> = {}): Step => ({ step: id, after, generation: 1, name: `documents/d/steps/${id}`, ...more }) as Step;
const drawn = (steps: Step[]) => rowsOf(steps).map(({ steps: row }) => row.map((each) => each.step));

it("draws what waits for one another below one another", () => {
  expect(drawn([step("propose"), step("review", ["propose"]), step("sign", ["review"])])).toEqual([["propose"], ["review"], ["sign"]]);
});

it("draws branches side by side", () => {
  const steps = [step("propose"), step("sign", ["propose"]), step("urgent", ["propose"]), step("end", ["sign", "urgent"])];
  expect(drawn(steps)).toEqual([["propose"], ["sign", "urgent"], ["end"]]);
});

it("draws the parties of one step side by side", () => {
  const steps = [step("sign"), step("handle", ["sign"], { unit: "a" }), step("handle", ["sign"], { unit: "b" })];
  expect(drawn(steps)).toEqual([["sign"], ["handle", "handle"]]);
});

it("keeps an earlier run above the newest", () => {
  const steps = [step("propose", [], { state: "STEP_STATE_WITHDRAWN" }), step("propose", [], { generation: 2 }), step("sign", ["propose"])];
  expect(rowsOf(steps).map(({ key }) => key.split("-")[0])).toEqual(["past", "row", "row"]);
});

it("does not hang on a circle", () => {
  expect(drawn([step("a", ["b"]), step("b", ["a"])]).flat().sort()).toEqual(["a", "b"]);
});

it("calls late what is overdue or was breached", () => {
  expect(isLate(step("a", [], { deadlines: [{ state: "DEADLINE_STATE_OVERDUE" }] } as Partial<Step>))).toBe(true);
  expect(isLate(step("a", [], { deadlines: [{ state: "DEADLINE_STATE_MET", breached: false }] } as Partial<Step>))).toBe(false);
});

it("shows of the document's own limits those that run or were broken", () => {
  const limit = (name: string, state: Limit["state"], breached = false): Limit => ({ name, state, breached });
  const limits = [
    limit("runs", "DEADLINE_STATE_OPEN"),
    limit("over", "DEADLINE_STATE_OVERDUE", true),
    limit("late", "DEADLINE_STATE_LATE", true),
    limit("met", "DEADLINE_STATE_MET"),
    limit("gone", "DEADLINE_STATE_CANCELLED", true),
    limit("aside", "DEADLINE_STATE_SET_ASIDE", true),
  ];
  expect(shownLimits({ deadlines: limits }).map(({ name }) => name)).toEqual(["runs", "over", "late"]);
});

it("prints what several sign under one name in one box, and nothing that nobody did", () => {
  const steps: Step[] = [
    { act: "propose", label: "拟办", state: "STEP_STATE_DONE" },
    { act: "handle", label: "承办", state: "STEP_STATE_DONE", doneBy: "a" },
    { act: "handle", label: "承办", state: "STEP_STATE_LAPSED" },
    { act: "read", label: "传阅", state: "STEP_STATE_DONE", doneBy: "b" },
    { act: "read", label: "传阅", state: "STEP_STATE_DONE", doneBy: "c" },
  ];
  expect(boxesOf(steps).map(({ label, steps: signed }) => [label, signed.length])).toEqual([["承办", 1], ["传阅", 2]]);
});
