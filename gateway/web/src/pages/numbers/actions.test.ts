import { expect, it } from "vitest";
import { positionsIn } from "./actions";

it("reads single numbers and ranges, each once", () => {
  expect(positionsIn(["1-3", "7", "3", "9至10", " 12 "])).toEqual([1, 2, 3, 7, 9, 10, 12]);
});

it("leaves what is no number to be refused", () => {
  expect(positionsIn(["三", "5"])).toEqual([0, 5]);
});

it("does not count to the end of the world", () => {
  expect(positionsIn(["1-999999"]).length).toBeLessThan(10_100);
});
