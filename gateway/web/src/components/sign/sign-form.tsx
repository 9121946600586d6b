import { Button, Checkbox, Input, Radio } from "antd";
import { type FormEvent, useId, useState } from "react";
import { useFocusBack } from "@/components/focus-back";
import { flag, text, type Values } from "@/components/form/fields";
import { keptName } from "@/components/form/kept";
import { Kept, Restored, useKeptForm } from "@/components/form/kept-form";
import { RefusalAlert } from "@/components/states";
import { VERDICTS } from "@/shared/words";
import { choicesOf, commonOpinions } from "./opinions";
import { type Step, useCompleteStep, type Verdict } from "./service";

interface SignProps {
  step: Step;
  done: () => void;
}

/** Signs a step: the decision, an opinion, and what the route allows beside it. What was typed is there again after the session ended. */
export function SignForm(props: SignProps) {
  const name = keptName("sign", props.step.name ?? "");
  return <Kept form={name}>{(kept) => <Filled key={name} {...props} name={name} kept={kept} />}</Kept>;
}

interface Said {
  verdict: Verdict | undefined;
  opinion: string;
  differing: boolean;
  objection: boolean;
  important: boolean;
}

function Filled({ step, done, name, kept }: SignProps & { name: string; kept: Values }) {
  useFocusBack();
  const choices = choicesOf(step.verdicts);
  const [said, setSaid] = useState(() => saidBefore(kept, choices));
  const [missing, setMissing] = useState(false);
  const keeping = useKeptForm(name);
  const complete = useCompleteStep(step.name ?? "", () => {
    keeping.discard();
    done();
  });
  const id = useId();
  const say = (more: Partial<Said>) => {
    const next = { ...said, ...more };
    setSaid(next);
    keeping.keep({ ...next });
  };
  const { verdict, opinion, differing, objection, important } = said;
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
  const restart = () => {
    keeping.discard();
    setSaid(saidBefore({}, choices));
  };
  const may = new Set(step.may);
  return (
    <form className="sign-form" onSubmit={send} aria-label={`${step.label ?? ""}意见`}>
      <Restored shown={Object.keys(kept).length > 0} discard={restart} />
      <Radio.Group
        aria-label="决定"
        optionType="button"
        buttonStyle="solid"
        value={verdict}
        options={choices.map((value) => ({ value, label: VERDICTS[value] }))}
        onChange={(event) => { say({ verdict: event.target.value as Verdict }); setMissing(false); }}
      />
      {missing && <p className="field-error" role="alert">请先选择决定。</p>}
      <div className="opinions" role="group" aria-label="常用意见">
        {commonOpinions(verdict).map((text) => (
          <Button key={text} size="small" onClick={() => { say({ opinion: text }); }}>
            {text}
          </Button>
        ))}
      </div>
      <label htmlFor={id}>意见</label>
      <Input.TextArea id={id} value={opinion} maxLength={4000} rows={2} onChange={(event) => { say({ opinion: event.target.value }); }} />
      <div className="sign-more">
        {may.has("differ") && (
          <Checkbox checked={differing} onChange={(event) => { say({ differing: event.target.checked }); }}>
            与拟办意见不同
          </Checkbox>
        )}
        {may.has("object") && (
          <Checkbox checked={objection} onChange={(event) => { say({ objection: event.target.checked }); }}>
            对分工有异议（裁定前暂缓办理）
          </Checkbox>
        )}
        {may.has("mark_important") && (
          <Checkbox checked={important} onChange={(event) => { say({ important: event.target.checked }); }}>
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
        <span className="muted" role="status">
          {keeping.saved}
        </span>
      </div>
    </form>
  );
}

function saidBefore(kept: Values, choices: readonly Verdict[]): Said {
  const before = choices.length === 1 ? choices[0] : choices.find((each) => each === kept.verdict);
  return { verdict: before, opinion: text(kept, "opinion"), differing: flag(kept, "differing"), objection: flag(kept, "objection"), important: flag(kept, "important") };
}
