import { expect, it } from "vitest";
import { likelyFirst } from "./likely";

const like = { name: "documents/1", sender: "市政府", senderNumber: "1号", title: "通知", senderDate: { year: 2026, month: 11, day: 2 } };
const names = (found: { name?: string }[]) => found.map(({ name }) => name);

it("shows what may be the same first, the likeliest in front, each once", () => {
  const found = [
    { name: "documents/day", sender: "市政府", senderDate: { year: 2026, month: 11, day: 2 } },
    { name: "documents/other", sender: "市政府", senderNumber: "2号" },
    { name: "documents/number", sender: "市政府", senderNumber: "1号" },
    { name: "documents/number", sender: "市政府", senderNumber: "1号" },
    { name: "documents/elsewhere", sender: "县政府", senderNumber: "1号" },
    like,
  ];
  const { likely, others } = likelyFirst(found, like);
  expect(names(likely)).toEqual(["documents/number", "documents/day"]);
  expect(names(others)).toEqual(["documents/other", "documents/elsewhere"]);
});

it("takes nothing for the same because nothing is known of both", () => {
  expect(likelyFirst([{ name: "documents/2" }], { name: "documents/1" }).likely).toEqual([]);
});
