import { Button, Checkbox, Form } from "antd";
import { useState } from "react";
import { useNavigate } from "react-router";
import { idOf } from "@/api/client";
import { refusalOf } from "@/api/refusal";
import { DocumentList } from "@/components/document-list";
import { FIELD } from "@/components/form/about";
import { type Declared, declaredFor, fieldOf, saidOf, useDeclarations } from "@/components/form/declared";
import { DeclaredFields } from "@/components/form/declared-fields";
import { text, type Values } from "@/components/form/fields";
import { FormFields } from "@/components/form/form-fields";
import { Kept, useKeptForm } from "@/components/form/kept-form";
import type { Attachment } from "@/components/files/upload";
import { Uploader } from "@/components/files/uploader";
import { Page } from "@/components/page";
import { Answer, RefusalAlert } from "@/components/states";
import { to } from "@/paths";
import { useChange } from "@/shared/change";
import { register, useDuplicates } from "./service";

const FIELDS = [
  FIELD.title,
  FIELD.sender,
  FIELD.senderNumber,
  FIELD.senderDate,
  FIELD.documentType,
  FIELD.documentClass,
  FIELD.source,
  FIELD.urgency,
  FIELD.medium,
  FIELD.matters,
  FIELD.body,
  FIELD.containsRequest,
  FIELD.comprehensive,
  FIELD.important,
];
const BEGIN: Values = { urgency: "URGENCY_ORDINARY", medium: "MEDIUM_ELECTRONIC" };

/** Registers an incoming document. What was filled in is there again after the session ended. */
export default function Register() {
  const declarations = useDeclarations();
  return (
    <Page title="收文登记">
      <Answer query={declarations}>{({ fields }) => <Kept form="register">{(kept) => <Filled kept={kept} declared={declaredFor(fields, "incoming")} />}</Kept>}</Answer>
    </Page>
  );
}

function Filled({ kept, declared }: { kept: Values; declared: readonly Declared[] }) {
  const [form] = Form.useForm<Values>();
  const [files, setFiles] = useState<Attachment[]>((kept.files as Attachment[] | undefined) ?? []);
  const [confirmed, setConfirmed] = useState(false);
  const sender = text({ sender: Form.useWatch("sender", form) as unknown }, "sender");
  const number = text({ number: Form.useWatch("senderNumber", form) as unknown }, "number");
  const duplicates = useDuplicates(sender, number).data ?? [];
  const keeping = useKeptForm("register");
  const navigate = useNavigate();
  const change = useChange({
    send: (values: Values, header) => register(values, saidOf(values, declared), files.map(({ name = "" }) => name), confirmed, header),
    touches: ["documents", "todos"],
    done: (made) => {
      keeping.discard();
      void navigate(to("document", { document: idOf(made.name ?? "") }));
    },
  });
  return (
    <Form
      form={form}
      layout="vertical"
      className="card"
      initialValues={{ ...BEGIN, ...kept }}
      scrollToFirstError
      onValuesChange={(_, values) => { keeping.keep({ ...values, files }); }}
      onFinish={(values) => { change.mutate(values); }}
    >
      <FormFields fields={FIELDS} />
      <DeclaredFields declared={declared} before={kept} refused={change.isError ? refusalOf(change.error) : undefined} />
      <Uploader
        value={files}
        onChange={(next) => {
          setFiles(next);
          keeping.keep({ ...form.getFieldsValue(), files: next });
        }}
      />
      {duplicates.length > 0 && (
        <section className="finding" role="alert">
          <strong>已登记过来文单位、字号相同的文件，请先核对：</strong>
          <DocumentList documents={duplicates} />
          <Checkbox checked={confirmed} onChange={(event) => { setConfirmed(event.target.checked); }}>
            已核对，不是同一份文件，继续登记
          </Checkbox>
        </section>
      )}
      {change.isError && <RefusalAlert error={change.error} />}
      <div className="form-acts">
        <Button type="primary" htmlType="submit" loading={change.isPending}>
          登记
        </Button>
        <Button
          onClick={() => {
            keeping.discard();
            setFiles([]);
            form.setFieldsValue(Object.fromEntries([...FIELDS, ...declared.map(fieldOf)].map(({ name }) => [name, BEGIN[name]])));
          }}
        >
          清空
        </Button>
        <span className="muted" role="status">
          {keeping.saved}
        </span>
      </div>
    </Form>
  );
}
