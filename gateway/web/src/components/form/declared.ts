import { useQuery } from "@tanstack/react-query";
import { answer, api, type Schemas } from "@/api/client";
import { fieldFrom, instantFrom } from "@/shared/moments";
import { date, moment } from "@/shared/time";
import type { Names } from "@/shared/names";
import type { Field, Values } from "./fields";

/** What the packs of the office want stated; in forms its values stand under `fields.<name>`, as refusals name them. */
export type Declared = Schemas["xiaoneng.documents.v1.DeclaredField"];
export type DocumentKindWord = "incoming" | "outgoing" | "submission";
type Said = Record<string, unknown>;

const BEFORE = "fields.";
const YES_NO = [
  { value: "true", label: "是" },
  { value: "false", label: "否" },
] as const;
const LONG = new Set(["text", "texts", "units", "persons", "codes"]);
const KINDS: Record<string, Field["kind"]> = {
  // Not stated is something else than no, so there is no box to tick.
  bool: "code",
  int: "int",
  text: "area",
  texts: "tags",
  date: "date",
  instant: "moment",
  code: "code",
  codes: "codes",
  person: "person",
  persons: "persons",
  unit: "unit",
  units: "units",
};

export function useDeclarations() {
  return useQuery({ queryKey: ["declarations", "list"], staleTime: 10 * 60_000, queryFn: () => answer(api.GET("/v1/documents:declarations")) });
}

/** The fields that a kind of document has. */
export function declaredFor(fields: readonly Declared[] | undefined, kind: DocumentKindWord): Declared[] {
  return (fields ?? []).filter(({ kinds }) => !kinds?.length || kinds.includes(kind));
}

/** A declared field as one of a form. */
export function fieldOf({ name = "", label = "", type = "", codes = [] }: Declared): Field {
  const options = type === "bool" ? YES_NO : codes.map(({ code = "", label: word = "" }) => ({ value: code, label: word }));
  return {
    name: BEFORE + name,
    label,
    kind: KINDS[type] ?? "text",
    half: !LONG.has(type),
    ...(type === "bool" || codes.length > 0 ? { options } : {}),
    ...(type === "text" ? { max: 20_000 } : {}),
  };
}

/** What a form says of the declared fields, for the server. What was stated before and is empty now is taken back. */
export function saidOf(values: Values, declared: readonly Declared[], before: Said = {}): Said {
  const said: Said = {};
  for (const { name = "", type = "" } of declared) {
    const given = valueOf(values[BEFORE + name], type);
    if (given !== undefined) said[name] = given;
    else if (before[name] !== undefined && before[name] !== null) said[name] = null;
  }
  return said;
}

/** What was stated, as a form holds it. */
export function valuesOf(said: Said | undefined, declared: readonly Declared[]): Values {
  const values: Values = {};
  for (const { name = "", type = "" } of declared) {
    const given = said?.[name];
    if (given === undefined || given === null) continue;
    values[BEFORE + name] = type === "bool" ? String(given) : type === "instant" ? fieldFrom(given as string) : given;
  }
  return values;
}

/** What was stated, as people read it. */
export function wordsOf({ type = "", codes = [] }: Declared, said: unknown, names: Names): string {
  if (said === undefined || said === null || said === "") return "";
  const word = (code: unknown) => codes.find((each) => each.code === code)?.label ?? String(code);
  const one = (value: unknown): string => {
    switch (type.replace(/s$/, "")) {
      case "bool":
        return value === true ? "是" : "否";
      case "code":
        return word(value);
      case "person":
        return names.person(String(value));
      case "unit":
        return names.unit(String(value));
      case "instant":
        return moment(String(value));
      case "date": {
        const [year, month, day] = String(value).split("-").map(Number);
        return date({ year, month, day });
      }
      default:
        return String(value);
    }
  };
  return Array.isArray(said) ? said.map(one).join("、") : one(said);
}

function valueOf(given: unknown, type: string): unknown {
  if (given === undefined || given === null) return undefined;
  if (typeof given === "string" && given.trim() === "") return undefined;
  if (Array.isArray(given)) return given.length > 0 ? given : undefined;
  if (type === "bool") return given === "true";
  if (type === "instant") return instantFrom(given);
  return typeof given === "string" ? given.trim() : given;
}
