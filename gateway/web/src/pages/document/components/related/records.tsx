import { useQuery } from "@tanstack/react-query";
import { Select, Tag } from "antd";
import { useState } from "react";
import { accessOf } from "@/access";
import { answer, api, idOf, type Schemas } from "@/api/client";
import { ActionBar } from "@/components/form/action-bar";
import { type Action, ActionDialog } from "@/components/form/action-dialog";
import { keptName } from "@/components/form/kept";
import { type Declared, fieldOf, saidOf, useDeclarations, wordsOf } from "@/components/form/declared";
import { FIELD } from "@/components/form/about";
import { list, text } from "@/components/form/fields";
import { Answer } from "@/components/states";
import { useSession } from "@/session/session";
import { useNames } from "@/shared/names";
import { moment } from "@/shared/time";
import { type Document, useAttachments } from "../../service";

type Record_ = Schemas["xiaoneng.documents.v1.Record"];
type Kind = Schemas["xiaoneng.documents.v1.RecordKind"];

const KIND_WORDS: Record<string, string> = { DOCUMENT_KIND_INCOMING: "incoming", DOCUMENT_KIND_OUTGOING: "outgoing", DOCUMENT_KIND_SUBMISSION: "submission" };

/** Dated entries that the regulations of the office ask for: reviews, consultations, replies. */
export function Records({ document }: { document: Document }) {
  const id = idOf(document.name ?? "");
  const query = useQuery({
    queryKey: ["documents", id, "records"],
    queryFn: async () => (await answer(api.GET("/v1/documents/{document}/records", { params: { path: { document: id }, query: { pageSize: 200 } } }))).records ?? [],
  });
  const declared = useDeclarations();
  const files = useAttachments(id);
  const access = accessOf(useSession().me.permissions ?? []);
  const names = useNames();
  const [adding, setAdding] = useState<Kind | null>(null);
  const kinds = (declared.data?.records ?? []).filter(({ kinds: of }) => !of?.length || of.includes(KIND_WORDS[document.kind ?? ""] ?? ""));
  const fieldsOf = (kind: string | undefined): readonly Declared[] => declared.data?.records?.find((each) => each.kind === kind)?.fields ?? [];
  const options = (files.data ?? []).map(({ name = "", fileName = "" }) => ({ value: name, label: fileName }));
  return (
    <>
      {access.may("documents:step:act") && kinds.length > 0 && (
        <Select
          aria-label="登记一条记录"
          placeholder="登记一条记录…"
          className="narrow"
          value={null}
          onChange={(kind: string | null) => { setAdding(kinds.find((each) => each.kind === kind) ?? null); }}
          options={kinds.map(({ kind = "", label = "" }) => ({ value: kind, label }))}
        />
      )}
      <Answer query={query} rows={2} empty={{ when: (rows) => rows.length === 0, show: <p className="muted">还没有记录。</p> }}>
        {(rows) => (
          <ul className="records">
            {rows.map((each) => (
              <li key={each.name}>
                <div className="record-head">
                  <strong>{each.label}</strong>
                  <span>{[names.unit(each.unit), names.persons(each.persons)].filter(Boolean).join("　")}</span>
                  <span className="muted number">{moment(each.recordTime)}　{names.person(each.recorder)}记</span>
                  {each.withdrawTime && <Tag>已撤销</Tag>}
                </div>
                {each.text && <p className="opinion">{each.text}</p>}
                {fieldsOf(each.kind).map((field) => {
                  const said = wordsOf(field, each.fields?.[field.name ?? ""], names);
                  return said && <p key={field.name}><span className="muted">{field.label}：</span>{said}</p>;
                })}
                {each.withdrawReason && <p className="muted">撤销理由：{each.withdrawReason}</p>}
                {!each.withdrawTime && access.may("documents:step:act") && <ActionBar of={each.name ?? ""} actions={{ withdraw: withdraw(each) }} offered={["withdraw"]} allowed={["withdraw"]} />}
              </li>
            ))}
          </ul>
        )}
      </Answer>
      {adding && <ActionDialog action={add(id, adding, options)} kept={keptName("record", `${id}/${adding.kind ?? ""}`)} close={() => { setAdding(null); }} />}
    </>
  );
}

function add(id: string, kind: Kind, files: { value: string; label: string }[]): Action {
  const declared = kind.fields ?? [];
  const needed = kind.attachment === "ATTACHMENT_NEED_REQUIRED";
  return {
    label: `登记${kind.label ?? ""}`,
    note: "登记错了可以撤销并说明理由，原记录仍然留痕。",
    touches: ["documents", "todos"],
    fields: [
      { name: "unit", label: "科室（单位）", kind: "unit", half: true },
      { name: "persons", label: "人员", kind: "persons", half: true },
      { name: "text", label: "内容", kind: "area", max: 20_000 },
      ...declared.map(fieldOf),
      ...(kind.attachment === "ATTACHMENT_NEED_NONE" ? [] : [{ name: "attachments", label: "附件", kind: "codes" as const, required: needed, options: files, help: "从本件已有的附件中选择" }]),
    ],
    send: (values, header) =>
      answer(
        api.POST("/v1/documents/{document}/records", {
          params: { path: { document: id }, header },
          body: {
            kind: kind.kind ?? "",
            unit: text(values, "unit"),
            persons: list(values, "persons"),
            text: text(values, "text"),
            fields: saidOf(values, declared),
            attachments: list(values, "attachments"),
          },
        }),
      ),
  };
}

function withdraw(record: Record_): Action {
  const [, document = "", , id = ""] = (record.name ?? "").split("/");
  return {
    label: "撤销",
    note: "撤销后不再作数，原记录和理由仍然留痕；不能恢复，可以重新登记。",
    danger: true,
    touches: ["documents", "todos"],
    fields: [FIELD.reason],
    send: (values, header) =>
      answer(api.POST("/v1/documents/{document}/records/{record}:withdraw", { params: { path: { document, record: id }, header }, body: { reason: text(values, "reason") } })),
  };
}
