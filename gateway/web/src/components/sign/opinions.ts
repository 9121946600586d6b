import type { Verdict } from "./service";

const APPROVE: readonly string[] = ["同意。", "拟同意，请领导审示。", "同意拟办意见，请按规定时限办理。"];
const COMMON: Partial<Record<Verdict, readonly string[]>> = {
  VERDICT_APPROVE: APPROVE,
  VERDICT_DISAPPROVE: ["不同意。", "请补充依据后再报。"],
  VERDICT_PASS_ON: ["请主要领导审定。"],
  VERDICT_NOTED: ["已阅。", "知悉，请按要求落实。"],
  VERDICT_READ: ["已阅。"],
};

/** Opinions that are one tap away. */
export function commonOpinions(verdict: Verdict | undefined): readonly string[] {
  return (verdict && COMMON[verdict]) ?? [];
}

/** What an actor chooses among: what the route asks for, else to agree or not. */
export function choicesOf(verdicts: readonly Verdict[] | undefined): readonly Verdict[] {
  return verdicts?.length ? verdicts : ["VERDICT_APPROVE", "VERDICT_DISAPPROVE", "VERDICT_NOTED"];
}
