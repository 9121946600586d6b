import { useEffect, useRef } from "react";
import { answer, api, newKey, once } from "@/api/client";
import { ActionBar } from "@/components/form/action-bar";
import { partsOf } from "@/components/sign/service";
import { SignForm } from "@/components/sign/sign-form";
import { Due } from "@/components/due";
import { idOf } from "@/api/client";
import { to } from "@/paths";
import type { Route, Step } from "../route";
import { isLate } from "../route";
import type { Document } from "../service";
import { BESIDE, MAIN, stepActions } from "../step-actions";
import { FeedbackForm } from "./feedback-form";
import { ProposalForm } from "./proposal-form";

/** What waits for me at this document, ready to be done. */
export function ActPanel({ route, document, chosen }: { route: Route; document: Document; chosen: string }) {
  const mine = (route.steps ?? []).filter(({ allowedActions }) => (allowedActions ?? []).length > 0);
  const open = mine.filter(({ state }) => state === "STEP_STATE_OPEN");
  const back = mine.filter(({ state, allowedActions }) => state !== "STEP_STATE_OPEN" && allowedActions?.includes("TakeBackStep"));
  const sorted = [...open].sort((a, b) => Number(idOf(b.name ?? "") === chosen) - Number(idOf(a.name ?? "") === chosen));
  return (
    <>
      {sorted.map((step) => (
        <StepPanel key={step.name} step={step} document={document} />
      ))}
      {back.length > 0 && (
        <div className="take-back">
          {back.map((step) => (
            <ActionBar key={step.name} of={step.name ?? ""} actions={{ TakeBackStep: { ...takeBack(step), label: `撤回${step.label ?? ""}` } }} offered={["TakeBackStep"]} allowed={step.allowedActions} />
          ))}
          <span className="muted">下一环节尚未打开，可以撤回重办</span>
        </div>
      )}
    </>
  );
}

function takeBack(step: Step) {
  const found = stepActions(step).TakeBackStep;
  if (found === undefined) throw new Error("TakeBackStep has a dialog");
  return found;
}

function StepPanel({ step, document }: { step: Step; document: Document }) {
  useSeen(step);
  const allowed = step.allowedActions ?? [];
  const deadline = step.deadlines?.[0];
  return (
    <section className="card act" aria-label={`办理：${step.label ?? ""}`}>
      <div className="act-head">
        <h2>{step.label}</h2>
        {deadline && (
          <Due dueTime={deadline.dueTime} overdue={isLate(step)} provisional={deadline.provisional} label={deadline.label} explained={to("deadline", { deadline: idOf(deadline.name ?? "") })} />
        )}
      </div>
      {step.remark && <p className="todo-remark">{step.remark}</p>}
      {allowed.includes("StartHandling") && (
        <div className="start">
          <ActionBar of={step.name ?? ""} actions={stepActions(step)} offered={["StartHandling"]} allowed={allowed} />
          <span className="muted">着手办理时先记录开始时间，办完后填写反馈</span>
        </div>
      )}
      {allowed.includes("CompleteStep") && <SignForm step={step} done={() => undefined} />}
      {allowed.includes("SubmitProposal") && <ProposalForm step={step} reading={document.documentClass === "reading"} />}
      {allowed.includes("SubmitFeedback") && <FeedbackForm step={step} document={document.name ?? ""} />}
      <div className="page-actions act-beside">
        <ActionBar of={step.name ?? ""} actions={stepActions(step)} offered={MAIN} allowed={allowed} primary />
        <ActionBar of={step.name ?? ""} actions={stepActions(step)} offered={BESIDE} allowed={allowed} />
      </div>
    </section>
  );
}

/** Records once that the actor has opened the step: from then on the one before cannot take it back. */
function useSeen(step: Step): void {
  const told = useRef("");
  useEffect(() => {
    if (step.openTime || told.current === step.name || !step.name) return;
    told.current = step.name;
    answer(api.POST("/v1/documents/{document}/steps/{step}:open", { params: { path: partsOf(step.name), header: once(newKey()) }, body: {} })).catch(() => undefined);
  }, [step.name, step.openTime]);
}
