import { Button, Form, Modal } from "antd";
import { useId } from "react";
import { refusalOf } from "@/api/refusal";
import { RefusalAlert } from "@/components/states";
import { useFocusBack } from "@/components/focus-back";
import { useNext } from "@/components/sign/next";
import { useChange } from "@/shared/change";
import type { Declared } from "./declared";
import { DeclaredFields } from "./declared-fields";
import type { Field, Values } from "./fields";
import { FormFields } from "./form-fields";
import { typed } from "./kept";
import { Kept, Restored, useKeptForm } from "./kept-form";

/** Something that a person does by a dialog. */
export interface Action {
  label: string;
  /** Whether it can be undone, and how. */
  note: string;
  danger?: boolean;
  fields: readonly Field[];
  /** What the packs of the office want stated besides. */
  declared?: readonly Declared[];
  initial?: Values;
  touches?: readonly string[];
  send: (values: Values, header: { "Idempotency-Key": string }) => Promise<unknown>;
}

interface DialogProps {
  action: Action;
  /** Name under which it is kept on the server while it is filled in (`keptName`). */
  kept: string;
  close: () => void;
  done?: () => void;
}

/** Asks for what an action needs, says whether it can be undone, does it. What was filled in is there again after the session ended. */
export function ActionDialog({ action, kept: name, close, done }: DialogProps) {
  useFocusBack();
  const asks = action.fields.length > 0 || (action.declared?.length ?? 0) > 0;
  const filled = (kept: Values) => <Filled action={action} name={name} kept={kept} asks={asks} close={close} done={done} />;
  return (
    <Modal open title={action.label} onCancel={close} footer={null} destroyOnHidden width={560}>
      {asks ? <Kept form={name}>{filled}</Kept> : filled({})}
    </Modal>
  );
}

interface FilledProps extends Omit<DialogProps, "kept"> {
  name: string;
  kept: Values;
  asks: boolean;
}

function Filled({ action, name, kept, asks, close, done }: FilledProps) {
  const [form] = Form.useForm<Values>();
  // Fields of several forms on one page have the same names; their labels must not mix.
  const id = useId();
  const next = useNext();
  const keeping = useKeptForm(name);
  // What calls something off must not stand beside a second 取消.
  const calls = action.label.startsWith("取消");
  const begun = action.initial ?? {};
  const change = useChange({
    send: action.send,
    touches: action.touches ?? ["documents", "todos"],
    done: () => {
      if (asks) keeping.discard();
      close();
      done?.();
    },
    says: (result) => next(`已${action.label}`, result),
  });
  const restart = () => {
    keeping.discard();
    form.setFieldsValue(Object.fromEntries(Object.keys(kept).map((field) => [field, begun[field]])));
  };
  return (
    <Form
      form={form}
      name={id}
      layout="vertical"
      initialValues={{ ...begun, ...kept }}
      onValuesChange={(_, values: Values) => { keeping.keep(typed(values, begun)); }}
      onFinish={(values) => { change.mutate(values); }}
      scrollToFirstError={{ block: "center", focus: true }}
    >
      <Restored shown={Object.keys(kept).length > 0} discard={restart} />
      <FormFields fields={action.fields} />
      {action.declared && <DeclaredFields declared={action.declared} before={{ ...begun, ...kept }} refused={change.isError ? refusalOf(change.error) : undefined} />}
      <p className="muted dialog-note">{action.note}</p>
      {change.isError && <RefusalAlert error={change.error} />}
      <div className="form-acts end">
        {asks && (
          <span className="muted saved" role="status">
            {keeping.saved}
          </span>
        )}
        <Button onClick={close}>{calls ? "返回" : "取消"}</Button>
        <Button type="primary" danger={action.danger} htmlType="submit" loading={change.isPending}>
          {calls ? action.label : `确定${action.label}`}
        </Button>
      </div>
    </Form>
  );
}
