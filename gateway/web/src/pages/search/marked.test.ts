import { expect, it } from "vitest";
import { piecesOf } from "./marked";

const said = (text: string, ...spans: [number, number][]) =>
  piecesOf({ text, spans: spans.map(([start, length]) => ({ start, length })) })
    .map(({ text: piece, found }) => (found ? `[${piece}]` : piece))
    .join("");

it("marks what was found", () => {
  expect(said("关于防汛抗旱工作的通知", [2, 4])).toBe("关于[防汛抗旱]工作的通知");
});

it("counts characters that a string here has in two units as one", () => {
  expect(said("𠮷水县防汛", [3, 2])).toBe("𠮷水县[防汛]");
});

it("takes places in any order, and such as lie over one another", () => {
  expect(said("水库水位", [2, 2], [0, 3])).toBe("[水库水][位]");
});

it("marks nothing beyond the end", () => {
  expect(said("水库", [1, 9])).toBe("水[库]");
});

it("shows what has no place in it as it is", () => {
  expect(said("水库")).toBe("水库");
});
