import { expect, it } from "vitest";
import { actWord, kindWord } from "./audit-words";

it("says acts in Chinese", () => {
  expect(actWord("documents.step.send_back")).toBe("环节·退回");
  expect(actWord("directory.unit.create")).toBe("科室·新增");
});

it("keeps what it does not know", () => {
  expect(actWord("documents.robot.dance")).toBe("robot·dance");
});

it("says what a subject is", () => {
  expect(kindWord("documents/1/steps/2")).toBe("公文");
  expect(kindWord("robots/1")).toBe("");
});
