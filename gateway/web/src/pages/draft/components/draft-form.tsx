import { App, Button, Form } from "antd";
import { useEffect, useRef, useState } from "react";
import { useNavigate } from "react-router";
import { answer, api, idOf } from "@/api/client";
import { refusalOf } from "@/api/refusal";
import { FIELD } from "@/components/form/about";
import { ActionBar } from "@/components/form/action-bar";
import type { Action } from "@/components/form/action-dialog";
import { type Declared, declaredFor, type DocumentKindWord, valuesOf } from "@/components/form/declared";
import { DeclaredFields } from "@/components/form/declared-fields";
import { type Field, text, type Values } from "@/components/form/fields";
import { useNext } from "@/components/sign/next";
import { FormFields } from "@/components/form/form-fields";
import type { Attachment } from "@/components/files/upload";
import { Uploader } from "@/components/files/uploader";
import { RefusalAlert } from "@/components/states";
import { to } from "@/paths";
import { useChange } from "@/shared/change";
import { type Document, save } from "../service";
import { Checklist } from "./checklist";

const KIND: Field = {
  name: "kind",
  label: "种类",
  kind: "choice",
  required: true,
  options: [
    { value: "DOCUMENT_KIND_OUTGOING", label: "发文" },
    { value: "DOCUMENT_KIND_SUBMISSION", label: "呈批件" },
  ],
};
const FIELDS = [FIELD.title, FIELD.documentType, FIELD.urgency, FIELD.matters, FIELD.body, FIELD.comprehensive, FIELD.important];
const WORDS: Record<string, DocumentKindWord> = { DOCUMENT_KIND_OUTGOING: "outgoing", DOCUMENT_KIND_SUBMISSION: "submission" };
const SAVE_AFTER_MS = 2500;

interface DraftFormProps {
  before: Document | null;
  files: Attachment[];
  /** What the packs want stated, of every kind of document. */
  fields: readonly Declared[];
}

export function DraftForm({ before, files: there, fields }: DraftFormProps) {
  const [form] = Form.useForm<Values>();
  const [files, setFiles] = useState(there);
  const navigate = useNavigate();
  const values = (Form.useWatch([], form) as Values | undefined) ?? {};
  // The kind is no field any more once the draft has begun.
  const chosen = Form.useWatch("kind", { form, preserve: true }) as string | undefined;
  const kind = WORDS[before?.kind ?? chosen ?? ""] ?? "outgoing";
  const declared = declaredFor(fields, kind);
  const keeping = useSaving(before, declared, files);
  const begun = before ? shown(before, declared) : {};
  const next = useNext();
  const submit = useChange({
    send: async (given: Values, header) => {
      const kept = await keeping.now(given);
      return answer(api.POST("/v1/documents/{document}:submitDraft", { params: { path: { document: idOf(kept.name ?? "") }, header }, body: {} }));
    },
    touches: ["documents", "todos"],
    done: (sent) => void navigate(to("document", { document: idOf(sent.name ?? "") })),
    says: (sent) => next("已提交", sent),
  });
  const discard: Action = {
    label: "删除草稿",
    note: "删除后不能恢复。",
    danger: true,
    fields: [],
    send: (_, header) => answer(api.DELETE("/v1/documents/{document}", { params: { path: { document: idOf(keeping.document?.name ?? "") }, header } })),
  };
  return (
    <div className="document">
      <Form
        form={form}
        layout="vertical"
        className="card"
        initialValues={{ kind: "DOCUMENT_KIND_OUTGOING", urgency: "URGENCY_ORDINARY", medium: "MEDIUM_ELECTRONIC", ...begun }}
        onValuesChange={(_, all) => { keeping.later(all); }}
        onFinish={(given) => { submit.mutate({ ...given, medium: "MEDIUM_ELECTRONIC" }); }}
      >
        <FormFields fields={keeping.document ? FIELDS : [KIND, ...FIELDS]} />
        <DeclaredFields key={kind} declared={declared} before={begun} refused={submit.isError ? refusalOf(submit.error) : undefined} />
        <Uploader value={files} onChange={setFiles} document={keeping.document?.name} />
        {submit.isError && <RefusalAlert error={submit.error} />}
        <div className="form-acts">
          <Button type="primary" htmlType="submit" loading={submit.isPending}>
            提交
          </Button>
          <Button onClick={() => void keeping.now(form.getFieldsValue())}>保存草稿</Button>
          {keeping.document && <ActionBar of={keeping.document.name ?? ""} actions={{ discard }} offered={["discard"]} allowed={["discard"]} done={() => void navigate(to("drafts"))} />}
          <span className="muted" role="status">
            {keeping.saved}
          </span>
        </div>
      </Form>
      <aside>
        <Checklist values={values} files={files} />
      </aside>
    </div>
  );
}

function shown(before: Document, declared: readonly Declared[]): Values {
  return { ...before, ...valuesOf(before.fields, declared), documentType: before.documentType || undefined };
}

/** One request at a time; the draft begins on the server with its first title. */
function useSaving(before: Document | null, declared: readonly Declared[], files: readonly Attachment[]) {
  const [document, setDocument] = useState(before);
  const [saved, setSaved] = useState(before ? "已保存" : "填写标题后自动保存为草稿");
  const { message } = App.useApp();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const running = useRef<Promise<Document | null>>(Promise.resolve(before));
  useEffect(() => () => { clearTimeout(timer.current); }, []);

  const now = async (values: Values): Promise<Document> => {
    clearTimeout(timer.current);
    const next = running.current.catch(() => document).then((last) => save(last, values, declared, files.map(({ name = "" }) => name)));
    running.current = next.catch(() => document);
    try {
      const kept = await next;
      setDocument(kept);
      setSaved("已保存");
      return kept;
    } catch (failed) {
      setSaved("未能保存");
      throw failed;
    }
  };
  const later = (values: Values) => {
    clearTimeout(timer.current);
    if (!text(values, "title")) return;
    setSaved("正在填写");
    timer.current = setTimeout(() => {
      now(values).catch((failed: unknown) => message.error(refusalOf(failed).text));
    }, SAVE_AFTER_MS);
  };
  return { document, saved, now, later };
}
