import { expect, it } from "vitest";
import { tree, type Unit } from "./service";

const unit = (name: string, parent = "", position = 0): Unit => ({ name: `units/${name}`, parent: parent && `units/${parent}`, position }) as Unit;
const drawn = (units: Unit[]) => tree(units).map(({ unit: { name }, depth }) => `${"-".repeat(depth)}${(name ?? "").slice(6)}`);

it("draws units below the one that they belong to, in their places", () => {
  expect(drawn([unit("b", "", 2), unit("b2", "b"), unit("a", "", 1), unit("b1", "b", -1), unit("b1x", "b1")])).toEqual(["a", "b", "-b1", "--b1x", "-b2"]);
});

it("shows what hangs on a unit that is not there at the top", () => {
  expect(drawn([unit("a", "gone")])).toEqual(["a"]);
});

it("loses no unit of a circle", () => {
  expect(drawn([unit("a", "b"), unit("b", "a")]).sort()).toEqual(["a", "b"]);
});
