import { describe, expect, it } from "vitest";
import { Refusal } from "./refusal";

const of = (text: string, ...descriptions: string[]) =>
  new Refusal(400, "SEVERAL", text, null, descriptions.map((description) => ({ field: "", description })));

describe("the grounds of a refusal", () => {
  it("are told apart, each with its article", () => {
    const text = "须明确办结时限（《办法》第1条）；涉及2个科室（单位），须明确牵头单位（《办法》第2条）";
    expect(of(text, "须明确办结时限", "涉及2个科室（单位），须明确牵头单位").grounds).toEqual([
      "须明确办结时限（《办法》第1条）",
      "涉及2个科室（单位），须明确牵头单位（《办法》第2条）",
    ]);
  });

  it("are the whole text where the fields say something else, or nothing", () => {
    expect(of("填写的内容有误；请改正", "标题过长", "").grounds).toEqual(["填写的内容有误；请改正"]);
    expect(of("一事一文（《办法》第3条）").grounds).toEqual(["一事一文（《办法》第3条）"]);
  });

  it("are named once where two of them read alike", () => {
    expect(of("甲（第1条）；甲（第2条）", "甲", "甲").grounds).toEqual(["甲（第1条）；甲（第2条）"]);
    expect(of("甲（第1条）；甲（第1条）", "甲", "甲").grounds).toEqual(["甲（第1条）"]);
  });
});
