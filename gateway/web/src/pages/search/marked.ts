import type { Snippet } from "./service";

export interface Piece {
  text: string;
  found: boolean;
}

/** A snippet in pieces, those that were found among them. Places are counted in characters, not in the units of a string here. */
export function piecesOf({ text = "", spans = [] }: Snippet): Piece[] {
  const characters = Array.from(text);
  const pieces: Piece[] = [];
  let at = 0;
  const add = (until: number, found: boolean) => {
    if (until > at) pieces.push({ text: characters.slice(at, until).join(""), found });
    at = Math.max(at, until);
  };
  for (const { start = 0, length = 0 } of [...spans].sort((a, b) => (a.start ?? 0) - (b.start ?? 0))) {
    add(Math.min(start, characters.length), false);
    add(Math.min(start + length, characters.length), true);
  }
  add(characters.length, false);
  return pieces;
}
