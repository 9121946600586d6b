import { beforeEach, describe, expect, it } from "vitest";
import type { Names } from "@/shared/names";
import { setZone } from "@/shared/time";
import { type Declared, declaredFor, fieldOf, saidOf, valuesOf, wordsOf } from "./declared";

const NORMATIVE: Declared = { name: "normative", label: "规范性文件", type: "bool", codes: [], kinds: ["outgoing"] };
const KNOWN: Declared = { name: "known_at", label: "获知时间", type: "instant", codes: [], kinds: [] };
const OPENNESS: Declared = { name: "openness", label: "公开属性", type: "code", codes: [{ code: "open", label: "主动公开" }], kinds: [] };
const UNITS: Declared = { name: "units", label: "会签部门", type: "units", codes: [], kinds: [] };
const ALL = [NORMATIVE, KNOWN, OPENNESS, UNITS];
const NAMES = { unit: (id: string) => `${id}科`, person: (id: string) => id } as unknown as Names;

describe("what packs want stated", () => {
  beforeEach(() => {
    setZone("Asia/Shanghai");
  });

  it("is asked of the kinds that have it", () => {
    expect(declaredFor(ALL, "incoming").map(({ name }) => name)).toEqual(["known_at", "openness", "units"]);
    expect(declaredFor(ALL, "outgoing")).toHaveLength(4);
  });

  it("stands in a form under the name that refusals have", () => {
    expect(fieldOf(OPENNESS)).toMatchObject({ name: "fields.openness", kind: "code", options: [{ value: "open", label: "主动公开" }] });
  });

  it("knows not stated from no", () => {
    expect(saidOf({}, [NORMATIVE])).toEqual({});
    expect(saidOf({ "fields.normative": "false" }, [NORMATIVE])).toEqual({ normative: false });
  });

  it("goes to the server and comes back the same", () => {
    const values = { "fields.normative": "true", "fields.known_at": "2026-11-23T17:30", "fields.openness": "open", "fields.units": ["river"] };
    const said = saidOf(values, ALL);
    expect(said).toEqual({ normative: true, known_at: "2026-11-23T09:30:00.000Z", openness: "open", units: ["river"] });
    expect(valuesOf(said, ALL)).toEqual(values);
  });

  it("takes back what was emptied, and only that", () => {
    expect(saidOf({ "fields.openness": undefined, "fields.units": [] }, ALL, { openness: "open", units: ["river"] })).toEqual({ openness: null, units: null });
  });

  it("is read in words", () => {
    expect(wordsOf(NORMATIVE, false, NAMES)).toBe("否");
    expect(wordsOf(OPENNESS, "open", NAMES)).toBe("主动公开");
    expect(wordsOf(UNITS, ["river", "flood"], NAMES)).toBe("river科、flood科");
    expect(wordsOf(KNOWN, undefined, NAMES)).toBe("");
    expect(wordsOf({ type: "date" }, "2026-11-02", NAMES)).toBe("2026年11月2日");
  });
});
