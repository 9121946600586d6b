import type { Values } from "./fields";

/** What was kept of a form. A field that was emptied is there, without a value. */
export function kept(content: string | undefined): Values {
  if (!content) return {};
  try {
    const values = JSON.parse(content) as Values;
    return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value ?? undefined]));
  } catch {
    return {};
  }
}

/** A form as it is kept. */
export function written(values: Values): string {
  return JSON.stringify(values, (_, value: unknown) => (value === undefined ? null : value));
}

/** What somebody typed into a form: the rest is filled in anew when the form is opened again. */
export function typed(values: Values, begun: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([name, value]) => JSON.stringify(value ?? null) !== JSON.stringify(begun[name] ?? null)));
}

const PLAIN = /^[a-z0-9][a-z0-9-]{0,59}$/;

/** The name under which the dialog of an action with a thing is kept: `send-back-step-steps-1f…`. */
export function keptName(action: string, of: string): string {
  const what = action.replace(/(?<=[a-z])[A-Z]/g, "-$&").toLowerCase();
  const thing = of.split("/").slice(-2).join("-");
  return `${what}-${PLAIN.test(thing) ? thing : sum(of)}`;
}

/** A short name for what has none of Latin letters (FNV-1a, twice). */
function sum(text: string): string {
  const half = (begin: number) => {
    let sum = begin;
    for (const letter of text) sum = Math.imul(sum ^ (letter.codePointAt(0) ?? 0), 0x01000193);
    return (sum >>> 0).toString(16).padStart(8, "0");
  };
  return half(0x811c9dc5) + half(0x01000193);
}
