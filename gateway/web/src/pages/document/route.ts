import type { Schemas } from "@/api/client";

export type Step = Schemas["xiaoneng.documents.v1.Step"];
export type Route = Schemas["xiaoneng.documents.v1.Route"];
export type Limit = Schemas["xiaoneng.kit.v1.DeadlineView"];

/** One row of the drawn route: steps that may run at the same time stand side by side. */
export interface Row {
  key: string;
  steps: Step[];
}

const NOW: readonly Step["state"][] = ["STEP_STATE_OPEN", "STEP_STATE_WAITING"];

export function isNow(step: Step): boolean {
  return NOW.includes(step.state);
}

export function isLate(step: Step): boolean {
  return (step.deadlines ?? []).some(({ state, breached }) => breached === true || state === "DEADLINE_STATE_OVERDUE");
}

const RUNS: readonly Limit["state"][] = ["DEADLINE_STATE_OPEN", "DEADLINE_STATE_OVERDUE"];

/** The limits of the document itself that run or were broken: what was kept, fell away or was set aside needs no eye. */
export function shownLimits(route: Route): Limit[] {
  return (route.deadlines ?? []).filter(({ state, breached }) => RUNS.includes(state) || (breached === true && state === "DEADLINE_STATE_LATE"));
}

/**
 * The rows of a route. A step stands one row below the lowest of those that it waits for; steps of an earlier run (sent back,
 * another class) stand in rows of their own above, in the order in which they arrived.
 */
export function rowsOf(steps: readonly Step[]): Row[] {
  const known = new Map(steps.map((each) => [each.step ?? "", each]));
  const depth = new Map<string, number>();
  const depthOf = (id: string, seen: ReadonlySet<string>): number => {
    const found = depth.get(id);
    if (found !== undefined) return found;
    const before = (known.get(id)?.after ?? []).filter((each) => known.has(each) && !seen.has(each));
    const own = before.length === 0 ? 0 : 1 + Math.max(...before.map((each) => depthOf(each, new Set([...seen, id]))));
    depth.set(id, own);
    return own;
  };
  const latest = newest(steps);
  const rows: Row[] = [];
  const past = steps.filter((each) => !latest.has(each));
  for (const step of past) rows.push({ key: `past-${step.name ?? ""}`, steps: [step] });
  const byDepth = new Map<number, Step[]>();
  for (const step of steps.filter((each) => latest.has(each))) {
    const at = depthOf(step.step ?? "", new Set());
    byDepth.set(at, [...(byDepth.get(at) ?? []), step]);
  }
  for (const [at, group] of [...byDepth].sort(([a], [b]) => a - b)) rows.push({ key: `row-${String(at)}`, steps: group });
  return rows;
}

/** Of each step and party the newest run; the earlier ones are history. */
function newest(steps: readonly Step[]): Set<Step> {
  const found = new Map<string, Step>();
  const runs = new Set<Step>();
  for (const step of steps) {
    const party = `${step.step ?? ""}/${step.unit ?? ""}/${step.role ?? ""}/${(step.persons ?? []).length === 1 ? (step.persons?.[0] ?? "") : ""}`;
    const before = found.get(party);
    if (before !== undefined && (before.generation ?? 0) < (step.generation ?? 0)) runs.delete(before);
    if (before === undefined || (before.generation ?? 0) < (step.generation ?? 0)) {
      found.set(party, step);
      runs.add(step);
    } else runs.add(step);
  }
  return runs;
}

// What nobody did leaves no signature; what was proposed has a box of its own.
const UNSIGNED: readonly Step["state"][] = ["STEP_STATE_LAPSED", "STEP_STATE_WITHDRAWN", "STEP_STATE_SKIPPED", "STEP_STATE_MERGED", "STEP_STATE_TAKEN_BACK"];

/** The boxes of the printed form: what several sign under one name stands in one box. */
export function boxesOf(steps: readonly Step[]): { label: string; steps: Step[] }[] {
  const boxes: { label: string; steps: Step[] }[] = [];
  for (const step of steps) {
    if (step.act === "propose" || UNSIGNED.includes(step.state)) continue;
    const box = boxes.find(({ label }) => label === step.label);
    if (box) box.steps.push(step);
    else boxes.push({ label: step.label ?? "", steps: [step] });
  }
  return boxes;
}
