import { Button, Form, Modal } from "antd";
import { useId } from "react";
import { refusalOf } from "@/api/refusal";
import { RefusalAlert } from "@/components/states";
import { useNext } from "@/components/sign/next";
import { useChange } from "@/shared/change";
import type { Declared } from "./declared";
import { DeclaredFields } from "./declared-fields";
import type { Field, Values } from "./fields";
import { FormFields } from "./form-fields";

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

/** Asks for what an action needs, says whether it can be undone, does it. */
export function ActionDialog({ action, close, done }: { action: Action; close: () => void; done?: () => void }) {
  const [form] = Form.useForm<Values>();
  // Fields of several forms on one page have the same names; their labels must not mix.
  const id = useId();
  const next = useNext();
  const change = useChange({
    send: action.send,
    touches: action.touches ?? ["documents", "todos"],
    done: () => {
      close();
      done?.();
    },
    says: (result) => next(`已${action.label}`, result),
  });
  return (
    <Modal open title={action.label} onCancel={close} footer={null} destroyOnHidden width={560}>
      <Form form={form} name={id} layout="vertical" initialValues={action.initial} onFinish={(values) => { change.mutate(values); }} scrollToFirstError={{ block: "center", focus: true }}>
        <FormFields fields={action.fields} />
        {action.declared && <DeclaredFields declared={action.declared} before={action.initial ?? {}} refused={change.isError ? refusalOf(change.error) : undefined} />}
        <p className="muted dialog-note">{action.note}</p>
        {change.isError && <RefusalAlert error={change.error} />}
        <div className="form-acts end">
          <Button onClick={close}>取消</Button>
          <Button type="primary" danger={action.danger} htmlType="submit" loading={change.isPending}>
            确定{action.label}
          </Button>
        </div>
      </Form>
    </Modal>
  );
}
