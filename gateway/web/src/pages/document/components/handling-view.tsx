import { Tag } from "antd";
import type { ReactNode } from "react";
import { answer, api } from "@/api/client";
import { ActionBar } from "@/components/form/action-bar";
import type { Action } from "@/components/form/action-dialog";
import { text } from "@/components/form/fields";
import { Answer } from "@/components/states";
import { useSession } from "@/session/session";
import { type Names, useNames } from "@/shared/names";
import { moment } from "@/shared/time";
import { type Handling, useHandling } from "../service";

const EXTENSIONS: Record<string, string> = { EXTENSION_STATE_PENDING: "待批", EXTENSION_STATE_GRANTED: "已同意", EXTENSION_STATE_REJECTED: "未同意" };

/** What the responsible units have recorded: division of work, material, reports, feedback, extensions. */
export function HandlingView({ document }: { document: string }) {
  const query = useHandling(document);
  const names = useNames();
  return (
    <Answer query={query} quiet empty={{ when: nothing, show: null }}>
      {(found) => (
        <section className="card" aria-label="承办记录">
          <h2>承办记录</h2>
          <ul className="records">{recordsOf(found, names)}</ul>
        </section>
      )}
    </Answer>
  );
}

function nothing({ dispatches, materials, reports, feedbacks, extensions }: Handling): boolean {
  return [dispatches, materials, reports, feedbacks, extensions].every((each) => (each ?? []).length === 0);
}

function recordsOf({ dispatches, materials, reports, feedbacks, extensions }: Handling, names: Names): ReactNode[] {
  return [
    ...(dispatches ?? []).map((each, at) => (
      <Entry key={`d${String(at)}`} what="调度部署" who={`${names.unit(each.unit)}　${names.person(each.person)}`} when={each.recordTime}>
        {each.text}
        <p className="muted">参与单位：{(each.units ?? []).map(names.unit).join("、")}</p>
      </Entry>
    )),
    ...(materials ?? []).map((each) => (
      <Entry key={each.name} what="索要材料" who={`${names.unit(each.requestingUnit)} → ${names.unit(each.unit)}`} when={each.requestTime}>
        {each.text}
        <p className="muted number">{each.supplyTime ? `已于 ${moment(each.supplyTime)} 提供` : `${moment(each.deadline?.dueTime)} 前提供`}</p>
        {each.answer && <p className="opinion">{each.answer}</p>}
        {!each.supplyTime && <Supply name={each.name ?? ""} unit={each.unit ?? ""} />}
      </Entry>
    )),
    ...(reports ?? []).map((each, at) => (
      <Entry key={`r${String(at)}`} what="报告" who={`${names.unit(each.unit)}　${names.person(each.person)}`} when={each.reportTime}>
        {each.text}
      </Entry>
    )),
    ...(extensions ?? []).map((each) => (
      <Entry key={each.name} what="申请延期" who={`${names.unit(each.unit)}　${names.person(each.requester)}`} when={each.requestTime}>
        <span className="number">
          由 {moment(each.oldDueTime)} 延至 {moment(each.newDueTime)}
        </span>{" "}
        <Tag>{EXTENSIONS[each.state ?? ""] ?? ""}</Tag>
        {each.reason && <p>理由：{each.reason}</p>}
        {each.decision && <p className="opinion">{names.person(each.decider)}：{each.decision}</p>}
        {each.state === "EXTENSION_STATE_PENDING" && <Decide name={each.name ?? ""} />}
      </Entry>
    )),
    ...(feedbacks ?? []).map((each, at) => (
      <Entry key={`f${String(at)}`} what="办结反馈" who={`${names.unit(each.unit)}　${names.person(each.person)}`} when={each.submitTime}>
        {each.resultText}
        {each.measures && <p className="muted">措施：{each.measures}</p>}
        {each.dispatchText && <p className="muted">调度：{each.dispatchText}</p>}
      </Entry>
    )),
  ];
}

function Entry({ what, who, when, children }: { what: string; who: string; when: string | undefined; children: ReactNode }) {
  return (
    <li>
      <div className="record-head">
        <strong>{what}</strong>
        <span>{who}</span>
        <span className="muted number">{moment(when)}</span>
      </div>
      <div className="opinion">{children}</div>
    </li>
  );
}

function Supply({ name, unit }: { name: string; unit: string }) {
  const { me } = useSession();
  const [, document = "", , material = ""] = name.split("/");
  const action: Action = {
    label: "提供材料",
    note: "提供后不能修改；逾期提供会记录。",
    fields: [{ name: "text", label: "材料内容", kind: "area", required: true, max: 20_000 }],
    send: (values, header) => answer(api.POST("/v1/documents/{document}/materials/{material}:supply", { params: { path: { document, material }, header }, body: { text: text(values, "text") } })),
  };
  return me.unit === unit ? <ActionBar of={name} actions={{ supply: action }} offered={["supply"]} allowed={["supply"]} /> : null;
}

function Decide({ name }: { name: string }) {
  const { me } = useSession();
  const [, document = "", , extension = ""] = name.split("/");
  const decide = (granted: boolean): Action => ({
    label: granted ? "同意延期" : "不同意延期",
    note: granted ? "同意后时限改为所申请的时间，原时限保留在记录中；不能撤销。" : "时限不变；不能撤销。",
    danger: !granted,
    fields: [{ name: "reason", label: "意见", kind: "area", max: 2000 }],
    send: (values, header) =>
      answer(api.POST("/v1/documents/{document}/extensions/{extension}:decide", { params: { path: { document, extension }, header }, body: { granted, reason: text(values, "reason") } })),
  });
  if (!me.permissions?.includes("documents:extension:decide")) return null;
  return (
    <div className="page-actions">
      <ActionBar of={name} actions={{ grant: decide(true), reject: decide(false) }} offered={["grant", "reject"]} allowed={["grant", "reject"]} />
    </div>
  );
}
