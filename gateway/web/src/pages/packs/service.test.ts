import { expect, it } from "vitest";
import { byRegulation, type Pack, partsOf } from "./service";

const pack = (name: string, version: number, state: Pack["state"]): Pack => ({ name: `packs/${name}/versions/${String(version)}`, state }) as Pack;

it("reads the parts of a name", () => {
  expect(partsOf("packs/some-rules/versions/12")).toEqual({ pack: "some-rules", version: 12 });
});

it("groups versions by regulation, newest first, those in force before others", () => {
  const groups = byRegulation([pack("a", 1, "STATE_DRAFT"), pack("b", 9, "STATE_REPEALED"), pack("b", 10, "STATE_ACTIVE")]);
  expect(groups.map(({ pack: name, versions }) => [name, versions.map((each) => partsOf(each.name).version)])).toEqual([
    ["b", [10, 9]],
    ["a", [1]],
  ]);
});
