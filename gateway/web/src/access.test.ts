import { expect, it } from "vitest";
import { accessOf } from "./access";

it("allows what is held and nothing else", () => {
  const access = accessOf(["documents:document:register", "documents:step:act"]);
  expect(access.may("documents:document:register")).toBe(true);
  expect(access.may("documents:document:void")).toBe(false);
  expect(access.mayAny("documents:document:void", "documents:step:act")).toBe(true);
  expect(access.mayAny()).toBe(false);
});
