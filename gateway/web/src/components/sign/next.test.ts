import { describe, expect, it } from "vitest";
import { saidOf } from "./next";

const called = (person: string) => ({ chen: "陈建平", zhong: "钟伟" })[person];

describe("what is said after something was done", () => {
  it("names who is next", () => {
    expect(saidOf("已提交意见", [{ state: "STEP_STATE_OPEN", act: "decide", label: "审定", persons: ["chen"] }], called)).toBe("已提交意见。下一步：审定（陈建平）");
  });
  it("leaves out what is done and what is only read", () => {
    const steps = [
      { state: "STEP_STATE_DONE", act: "sign", label: "审签", persons: ["chen"] },
      { state: "STEP_STATE_OPEN", act: "read", label: "传阅", persons: ["zhong"] },
    ] as const;
    expect(saidOf("已反馈", steps.map((each) => ({ ...each, persons: [...each.persons] })), called)).toBe("已反馈。");
  });
  it("names a step of which nobody is known, and only once what several units do", () => {
    const handle = (...persons: string[]) => ({ state: "STEP_STATE_OPEN", act: "handle", label: "承办", persons }) as const;
    expect(saidOf("已提交意见", [handle(), handle()], called)).toBe("已提交意见。下一步：承办");
    expect(saidOf("已提交意见", [handle("chen"), handle("zhong")], called)).toBe("已提交意见。下一步：承办（陈建平、钟伟）");
  });
});
