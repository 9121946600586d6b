import { expect, it } from "vitest";
import { choicesOf, commonOpinions } from "./opinions";

it("offers what the route asks for", () => {
  expect(choicesOf(["VERDICT_APPROVE", "VERDICT_PASS_ON"])).toEqual(["VERDICT_APPROVE", "VERDICT_PASS_ON"]);
});

it("offers to agree or not where the route asks for nothing in particular", () => {
  expect(choicesOf([])).toContain("VERDICT_DISAPPROVE");
});

it("has opinions for a decision and none before one", () => {
  expect(commonOpinions("VERDICT_APPROVE")[0]).toBe("同意。");
  expect(commonOpinions(undefined)).toEqual([]);
});
