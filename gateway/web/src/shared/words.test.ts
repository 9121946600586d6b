import { describe, expect, it } from "vitest";
import { saidAt } from "./words";

describe("decision and opinion", () => {
  it("are said once when the opinion begins with the decision", () => {
    expect(saidAt({ act: "sign", verdict: "VERDICT_APPROVE", opinion: "同意，请抓紧落实。" }).decision).toBe("");
    expect(saidAt({ act: "sign", verdict: "VERDICT_APPROVE", opinion: "请抓紧落实。" }).decision).toBe("同意");
  });
  it("leave the decision where nothing was written", () => {
    expect(saidAt({ act: "sign", verdict: "VERDICT_APPROVE" })).toEqual({ decision: "同意", opinion: "" });
  });
});
