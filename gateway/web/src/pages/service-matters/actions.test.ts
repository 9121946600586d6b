import { expect, it } from "vitest";
import { type Matter, matterActions, offeredIn } from "./actions";

const matter = (more: Partial<Matter>): Matter => ({ name: "serviceMatters/1", ...more }) as Matter;

it("offers what makes sense in a state", () => {
  expect(offeredIn(matter({ state: "STATE_HANDED_OVER" }))).toEqual(["confirm"]);
  expect(offeredIn(matter({ state: "STATE_ACCEPTED" }))).not.toContain("supply");
  expect(offeredIn(matter({ state: "STATE_ACCEPTED_INCOMPLETE", missingPapers: ["身份证"] }))).toContain("supply");
  expect(offeredIn(matter({ state: "STATE_ACCEPTED", parts: [{ unit: "a" }] }))).toContain("decide");
  expect(offeredIn(matter({ state: "STATE_OPEN" }))).toContain("notice");
  expect(offeredIn(matter({ state: "STATE_OPEN", notice: { giveTime: "2026-11-23T01:00:00Z" } }))).not.toContain("notice");
  expect(offeredIn(matter({ state: "STATE_DONE" }))).toEqual([]);
});

it("has a dialog for everything that it offers", () => {
  const states = ["STATE_HANDED_OVER", "STATE_OPEN", "STATE_ACCEPTED", "STATE_ACCEPTED_INCOMPLETE"] as const;
  for (const state of states) {
    const found = matter({ state, missingPapers: ["x"], parts: [{ unit: "a" }] });
    expect(Object.keys(matterActions(found))).toEqual(expect.arrayContaining(offeredIn(found)));
  }
});
