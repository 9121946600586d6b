import { expect, it } from "vitest";
import { kept, keptName, typed, written } from "./kept";

// What the contract allows.
const FORM = /^[a-z0-9][a-z0-9-]{0,99}$/;

it("brings a form again as it was, emptied fields too", () => {
  expect({ title: "关于", unit: "river", ...kept(written({ unit: undefined, opinion: "拟" })) }).toEqual({ title: "关于", unit: undefined, opinion: "拟" });
});

it("takes what cannot be read for an empty form", () => {
  expect(kept("{")).toEqual({});
  expect(kept(undefined)).toEqual({});
});

it("keeps only what was typed", () => {
  expect(typed({ title: "甲", units: ["a"], reason: undefined, sender: undefined }, { title: "甲", units: [], sender: "乙" })).toEqual({ units: ["a"], sender: undefined });
});

it("has a name for every action with every thing", () => {
  expect(keptName("SendBackStep", "documents/1f-2/steps/3e-4")).toBe("send-back-step-steps-3e-4");
  const names = [keptName("makeVoid", "某字〔2026〕1号"), keptName("makeVoid", "某字〔2026〕2号"), keptName("back", "")];
  expect(new Set(names).size).toBe(3);
  expect(names.filter((name) => !FORM.test(name))).toEqual([]);
});
