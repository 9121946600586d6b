import { Button, Checkbox, Form } from "antd";
import { useState } from "react";
import { Link, useNavigate, useSearchParams } from "react-router";
import { idOf } from "@/api/client";
import { refusalOf } from "@/api/refusal";
import { DocumentList } from "@/components/document-list";
import { FIELD } from "@/components/form/about";
import { type Declared, declaredFor, fieldOf, saidOf, useDeclarations, valuesOf } from "@/components/form/declared";
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
import { type Document, register, useDuplicates, useReturned, valuesFrom } from "./service";

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
  const resubmits = useSearchParams()[0].get("resubmits") ?? "";
  const returned = useReturned(resubmits);
  // What comes again is another form than the one that may be half filled.
  const name = resubmits ? `resubmit-${resubmits}` : "register";
  const form = (before: Document | null) => (
    <Answer query={declarations}>
      {({ fields }) => <Kept form={name}>{(kept) => <Filled key={name} form={name} kept={kept} before={before} declared={declaredFor(fields, "incoming")} />}</Kept>}
    </Answer>
  );
  return <Page title="收文登记">{resubmits ? <Answer query={returned}>{form}</Answer> : form(null)}</Page>;
}

interface FilledProps {
  /** Name under which it is kept. */
  form: string;
  kept: Values;
  /** The returned document that this one corrects. */
  before: Document | null;
  declared: readonly Declared[];
}

function Filled({ form: name, kept, before, declared }: FilledProps) {
  const [form] = Form.useForm<Values>();
  const [files, setFiles] = useState<Attachment[]>((kept.files as Attachment[] | undefined) ?? []);
  const [confirmed, setConfirmed] = useState(before !== null);
  const begun: Values = { ...BEGIN, ...(before && { ...valuesFrom(before), ...valuesOf(before.fields, declared) }), ...kept };
  const sender = text({ sender: Form.useWatch("sender", form) as unknown }, "sender");
  const number = text({ number: Form.useWatch("senderNumber", form) as unknown }, "number");
  const duplicates = useDuplicates(sender, number).data ?? [];
  const keeping = useKeptForm(name);
  const navigate = useNavigate();
  const change = useChange({
    send: (values: Values, header) => register(values, saidOf(values, declared), files.map((file) => file.name ?? ""), confirmed, before?.name ?? "", header),
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
      initialValues={begun}
      scrollToFirstError={{ block: "center", focus: true }}
      onValuesChange={(_, values) => { keeping.keep({ ...values, files }); }}
      onFinish={(values) => { change.mutate(values); }}
    >
      {before && (
        <p className="finding" role="note">
          本件是退文改正后的重新报送：<Link to={to("document", { document: idOf(before.name ?? "") })}>{before.title}</Link>
          {before.endReason && `。退文理由：${before.endReason}`}
        </p>
      )}
      <FormFields fields={FIELDS} />
      <DeclaredFields declared={declared} before={begun} refused={change.isError ? refusalOf(change.error) : undefined} />
      <Uploader
        value={files}
        onChange={(next) => {
          setFiles(next);
          keeping.keep({ ...form.getFieldsValue(), files: next });
        }}
      />
      {before === null && duplicates.length > 0 && (
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
