import { Button, Checkbox, Input, Radio } from "antd";
import { type FormEvent, useId, useState } from "react";
import { RefusalAlert } from "@/components/states";
import { VERDICTS } from "@/shared/words";
import { choicesOf, commonOpinions } from "./opinions";
import { type Step, useCompleteStep, type Verdict } from "./service";

/** Signs a step: the decision, an opinion, and what the route allows beside it. */
export function SignForm({ step, done }: { step: Step; done: () => void }) {
  const choices = choicesOf(step.verdicts);
  const [verdict, setVerdict] = useState<Verdict | undefined>(choices.length === 1 ? choices[0] : undefined);
  const [opinion, setOpinion] = useState("");
  const [differing, setDiffering] = useState(false);
  const [objection, setObjection] = useState(false);
  const [important, setImportant] = useState(false);
  const [missing, setMissing] = useState(false);
  const complete = useCompleteStep(step.name ?? "", done);
  const id = useId();
  const send = (event: FormEvent) => {
    event.preventDefault();
    setMissing(verdict === undefined);
    if (verdict === undefined) return;
    complete.mutate({
      verdict,
      opinion,
      ...(differing && { differing }),
      ...(objection && { objection }),
      ...(important && { important }),
    });
  };
  const may = new Set(step.may);
  return (
    <form className="sign-form" onSubmit={send} aria-label={`${step.label ?? ""}意见`}>
      <Radio.Group
        aria-label="决定"
        optionType="button"
        buttonStyle="solid"
        value={verdict}
        options={choices.map((value) => ({ value, label: VERDICTS[value] }))}
        onChange={(event) => { setVerdict(event.target.value as Verdict); setMissing(false); }}
      />
      {missing && <p className="field-error" role="alert">请先选择决定。</p>}
      <div className="opinions" role="group" aria-label="常用意见">
        {commonOpinions(verdict).map((text) => (
          <Button key={text} size="small" onClick={() => { setOpinion(text); }}>
            {text}
          </Button>
        ))}
      </div>
      <label htmlFor={id}>意见</label>
      <Input.TextArea id={id} value={opinion} maxLength={4000} rows={2} onChange={(event) => { setOpinion(event.target.value); }} />
      <div className="sign-more">
        {may.has("differ") && (
          <Checkbox checked={differing} onChange={(event) => { setDiffering(event.target.checked); }}>
            与拟办意见不同
          </Checkbox>
        )}
        {may.has("object") && (
          <Checkbox checked={objection} onChange={(event) => { setObjection(event.target.checked); }}>
            对分工有异议（裁定前暂缓办理）
          </Checkbox>
        )}
        {may.has("mark_important") && (
          <Checkbox checked={important} onChange={(event) => { setImportant(event.target.checked); }}>
            标为重要
          </Checkbox>
        )}
      </div>
      {complete.isError && <RefusalAlert error={complete.error} />}
      <div className="form-acts">
        <Button type="primary" htmlType="submit" loading={complete.isPending}>
          提交意见
        </Button>
        <span className="muted">下一环节打开前可以撤回</span>
      </div>
    </form>
  );
}
