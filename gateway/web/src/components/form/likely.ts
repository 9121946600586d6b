import type { Schemas } from "@/api/client";
import { dateField } from "@/shared/moments";

type Document = Schemas["xiaoneng.documents.v1.Document"];

/** How much two documents look like the same one: number before title before date, of one sender only. */
function likeness(one: Document, other: Document): number {
  if (!one.sender || one.sender !== other.sender) return 0;
  const same = (name: "senderNumber" | "title", weight: number) => (one[name] && one[name] === other[name] ? weight : 0);
  const day = dateField(one.senderDate);
  return same("senderNumber", 4) + same("title", 2) + (day && day === dateField(other.senderDate) ? 1 : 0);
}

/** Each document once, without `like` itself: those that may be the same as `like` first, then the others as they came. */
export function likelyFirst(found: readonly Document[], like: Document): { likely: Document[]; others: Document[] } {
  const each = [...new Map(found.map((document) => [document.name, document])).values()].filter(({ name }) => name !== like.name);
  const rated = each.map((document) => ({ document, rate: likeness(document, like) }));
  return {
    likely: rated.filter(({ rate }) => rate > 0).sort((a, b) => b.rate - a.rate).map(({ document }) => document),
    others: rated.filter(({ rate }) => rate === 0).map(({ document }) => document),
  };
}
