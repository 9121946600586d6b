import { Button, Form } from "antd";
import { useState } from "react";
import { answer, api } from "@/api/client";
import { useFocusBack } from "@/components/focus-back";
import { type Field, flag, text, type Values } from "@/components/form/fields";
import { FormFields } from "@/components/form/form-fields";
import { Kept, Restored, useKeptForm } from "@/components/form/kept-form";
import type { Attachment } from "@/components/files/upload";
import { Uploader } from "@/components/files/uploader";
import { useNext } from "@/components/sign/next";
import { partsOf } from "@/components/sign/service";
import { RefusalAlert } from "@/components/states";
import { useChange } from "@/shared/change";
import type { Step } from "../route";

const FIELDS: readonly Field[] = [
  { name: "resultText", label: "办理结果", kind: "area", required: true, max: 20_000 },
  { name: "measures", label: "采取的措施", kind: "area", max: 8000 },
  { name: "dispatchText", label: "调度部署情况", kind: "area", max: 8000 },
  { name: "completed", label: "事项已实际办结", kind: "check" },
];

interface FeedbackProps {
  step: Step;
  document: string;
}

/** Feeds back the result of handling, with what proves it. What was filled in is there again after the session ended. */
export function FeedbackForm(props: FeedbackProps) {
  const name = `feedback-${partsOf(props.step.name ?? "").step}`;
  return <Kept form={name}>{(kept) => <Filled {...props} name={name} kept={kept} />}</Kept>;
}

function Filled({ step, document, name, kept }: FeedbackProps & { name: string; kept: Values }) {
  useFocusBack();
  const [form] = Form.useForm<Values>();
  const [evidence, setEvidence] = useState<Attachment[]>((kept.evidence as Attachment[] | undefined) ?? []);
  const keeping = useKeptForm(name);
  const next = useNext();
  const submit = useChange({
    send: (values: Values, header) =>
      answer(
        api.POST("/v1/documents/{document}/steps/{step}:submitFeedback", {
          params: { path: partsOf(step.name ?? ""), header },
          body: {
            resultText: text(values, "resultText"),
            measures: text(values, "measures"),
            dispatchText: text(values, "dispatchText"),
            completed: flag(values, "completed"),
            evidence: evidence.map(({ name = "" }) => name),
          },
        }),
      ),
    touches: ["documents", "todos"],
    done: keeping.discard,
    says: () => next("已反馈", { name: step.name }),
  });
  const restart = () => {
    keeping.discard();
    setEvidence([]);
    form.setFieldsValue(Object.fromEntries(FIELDS.map((field) => [field.name, undefined])));
  };
  return (
    <Form
      form={form}
      name={name}
      layout="vertical"
      initialValues={kept}
      onValuesChange={(_, values: Values) => { keeping.keep({ ...values, evidence }); }}
      onFinish={(values) => { submit.mutate(values); }}
    >
      <Restored shown={Object.keys(kept).length > 0} discard={restart} />
      <FormFields fields={FIELDS} />
      <Uploader
        value={evidence}
        onChange={(next) => {
          setEvidence(next);
          keeping.keep({ ...form.getFieldsValue(), evidence: next });
        }}
        document={document}
        label="佐证材料"
      />
      {submit.isError && <RefusalAlert error={submit.error} />}
      <div className="form-acts">
        <Button type="primary" htmlType="submit" loading={submit.isPending}>
          办结反馈
        </Button>
        <span className="muted" role="status">
          {keeping.saved}
        </span>
        <span className="muted">{step.lead ? "牵头单位反馈后，事项销号；反馈送出后不能修改" : "反馈送出后不能修改"}</span>
      </div>
    </Form>
  );
}
