import type { Offered } from "./document-select";

/** A field of a form, as data. */
export interface Field {
  name: string;
  label: string;
  kind: "text" | "area" | "person" | "persons" | "unit" | "units" | "choice" | "check" | "date" | "moment" | "code" | "codes" | "int" | "tags" | "document";
  required?: boolean;
  max?: number;
  /** For `choice`; for `code` and `codes` in place of a vocabulary. */
  options?: readonly { value: string; label: string }[];
  /** For `code`: the vocabulary of the pack. */
  vocabulary?: string;
  /** For `document`. */
  documents?: Offered;
  help?: string;
  placeholder?: string;
  /** Half a row where there is room. */
  half?: boolean;
}

interface Rule {
  required: true;
  message: string;
  whitespace?: true;
}

/** What is demanded of a field. A rule that says anything of blanks is one for texts: of a list it would always be broken. */
export function rulesOf({ required, label, kind }: Field): Rule[] {
  if (!required) return [];
  const rule: Rule = { required: true, message: `请填写${label}` };
  return [kind === "text" || kind === "area" ? { ...rule, whitespace: true } : rule];
}

/** What a form holds, by the names of its fields. */
export type Values = Record<string, unknown>;

export const text = (values: Values, name: string): string => (typeof values[name] === "string" ? values[name].trim() : "");

export const list = (values: Values, name: string): string[] => (Array.isArray(values[name]) ? (values[name] as string[]) : []);

export const flag = (values: Values, name: string): boolean => values[name] === true;
