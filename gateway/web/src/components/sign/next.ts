import { useQueryClient } from "@tanstack/react-query";
import { answer, api, idOf, type Schemas } from "@/api/client";

type Person = Schemas["xiaoneng.directory.v1.Person"];
type Step = Schemas["xiaoneng.documents.v1.Step"];

const MATTER = /^documents\/[^/]+(\/steps\/[^/]+)?$/;
const SHOWN = 3;

/** Says what was done with a document and with whom it lies now: `已提交意见。下一步：审定（陈建平）`. */
export function useNext(): (done: string, changed: unknown) => Promise<string> {
  const client = useQueryClient();
  return async (done, changed) => {
    const name = (changed as { name?: string } | undefined)?.name ?? "";
    if (!MATTER.test(name)) return `${done}。`;
    const persons = client.getQueryData<Person[]>(["persons", "list"]) ?? [];
    const called = (id: string) => persons.find((each) => idOf(each.name ?? "") === idOf(id))?.displayName;
    // Who may no longer see it is told what was done, not who is next.
    const route = await answer(api.GET("/v1/documents/{document}/route", { params: { path: { document: name.split("/")[1] ?? "" } } })).catch(() => undefined);
    const steps = route?.steps ?? [];
    // Who goes on with the same step needs not be told so.
    if (steps.some((step) => step.name === name && step.state === "STEP_STATE_OPEN")) return `${done}。`;
    return saidOf(done, steps, called);
  };
}

export function saidOf(done: string, steps: readonly Step[], called: (person: string) => string | undefined): string {
  const open = new Map<string, string[]>();
  for (const { state, act, label = "", persons = [] } of steps) {
    if (state === "STEP_STATE_OPEN" && act !== "read") open.set(label, [...(open.get(label) ?? []), ...persons]);
  }
  const next = [...open].map(([label, persons]) => {
    const who = [...new Set(persons.map(called))].filter(Boolean);
    return who.length > 0 ? `${label}（${who.slice(0, SHOWN).join("、")}${who.length > SHOWN ? "等" : ""}）` : label;
  });
  if (next.length === 0) return `${done}。`;
  return `${done}。下一步：${next.slice(0, SHOWN).join("；")}${next.length > SHOWN ? "等" : ""}`;
}
