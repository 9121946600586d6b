import { Tag } from "antd";
import { Link } from "react-router";
import { idOf } from "@/api/client";
import { ArticleButton } from "@/components/article";
import { to } from "@/paths";
import { useNames } from "@/shared/names";
import { between, moment, span } from "@/shared/time";
import { saidAt, STEP_STATES } from "@/shared/words";
import { isLate, isNow, type Step } from "../route";

const COLOURS: Partial<Record<NonNullable<Step["state"]>, string>> = {
  STEP_STATE_OPEN: "blue",
  STEP_STATE_WAITING: "gold",
  STEP_STATE_DONE: "green",
  STEP_STATE_SENT_BACK: "orange",
};

/** One step: who, when, what was said, until when, how long it took. */
export function StepCard({ step }: { step: Step }) {
  const names = useNames();
  const state = step.state ?? "STEP_STATE_UNSPECIFIED";
  const late = isLate(step);
  const now = isNow(step);
  const deadline = step.deadlines?.[0];
  const limit = step.limits?.[0];
  const { decision } = saidAt(step);
  const skipped = state === "STEP_STATE_SKIPPED";
  const who = step.doneBy ? names.person(step.doneBy) : names.persons(step.persons) || step.roleLabel || "";
  return (
    <article className={`step ${now ? "now" : ""} ${late ? "late" : ""} ${state === "STEP_STATE_UPCOMING" ? "upcoming" : ""}`} aria-current={now ? "step" : undefined}>
      <header>
        <strong>{step.label}</strong>
        <Tag color={COLOURS[state]}>{STEP_STATES[state]}</Tag>
        {late && <Tag color="red">{state === "STEP_STATE_OPEN" ? "已逾期" : "逾期"}</Tag>}
        {step.lead && <Tag>牵头</Tag>}
        {step.blocked && <Tag color="gold">异议待裁定</Tag>}
      </header>
      <p>
        {who}
        {step.unit && !step.doneBy && <span className="muted">　{names.unit(step.unit)}</span>}
        {step.doneFor && <span className="muted">（代{names.person(step.doneFor)}）</span>}
      </p>
      {(step.opinion || decision) && (
        <p className="opinion">
          {decision && <strong>{decision}　</strong>}
          {step.opinion}
          {step.differing && <Tag color="gold">不同意见</Tag>}
          {step.objection && <Tag color="gold">对分工有异议</Tag>}
        </p>
      )}
      {step.reason && <p className="opinion">理由：{step.reason}</p>}
      {step.remark && <p className="todo-remark">{step.remark}</p>}
      <p className="step-times number">
        {step.endTime && !skipped && <span>{moment(step.endTime)}</span>}
        {step.arriveTime && step.endTime && !skipped && <span>用时{span(between(step.arriveTime, step.endTime))}</span>}
        {deadline && now && <Link className="due-link" to={to("deadline", { deadline: idOf(deadline.name ?? "") })}>{moment(deadline.dueTime)} 前</Link>}
        {limit?.budget && <span>时限{limit.budget}</span>}
        {deadline?.provisional && <Tag>暂定</Tag>}
        <ArticleButton citation={limit?.citation ?? step.citation} />
      </p>
    </article>
  );
}
