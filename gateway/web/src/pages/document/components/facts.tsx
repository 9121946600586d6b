import { Tag } from "antd";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { idOf } from "@/api/client";
import { ArticleText } from "@/components/article";
import { useDeclarations, wordsOf } from "@/components/form/declared";
import { URGENCY_NAMES } from "@/components/urgency";
import { to } from "@/paths";
import { useNames } from "@/shared/names";
import { date, moment } from "@/shared/time";
import { useVocabulary } from "@/shared/vocabulary";
import { DOCUMENT_KINDS, DOCUMENT_STATES } from "@/shared/words";
import type { Document } from "../service";

// What is longer stands below its name, on the whole width; so does what has a long name.
const LONG = 34;
const LONG_NAME = 6;

/** What was registered. */
export function Facts({ document: found }: { document: Document }) {
  const names = useNames();
  const { word } = useVocabulary();
  const declarations = useDeclarations();
  const rows: [string, ReactNode][] = [
    ["状态", <Tag key="state">{DOCUMENT_STATES[found.state ?? "DOCUMENT_STATE_UNSPECIFIED"]}</Tag>],
    ["种类", DOCUMENT_KINDS[found.kind ?? "DOCUMENT_KIND_UNSPECIFIED"]],
    ["收文编号", found.registrationNumber],
    ["发文字号", found.documentNumber],
    ["来文单位", found.sender],
    ["来文字号", found.senderNumber],
    ["成文日期", date(found.senderDate)],
    ["文种", word("document_type", found.documentType)],
    ["类别", word("document_class", found.documentClass)],
    ["来源", word("document_source", found.source)],
    ["紧急程度", URGENCY_NAMES[found.urgency ?? "URGENCY_UNSPECIFIED"]],
    ["载体", found.medium === "MEDIUM_PAPER" ? "纸质" : "电子"],
    ["事项", found.matters?.join("；")],
    ["标记", [found.important && "重要", found.difficult && "疑难", found.comprehensive && "综合性", found.preForwarded && "已先转办"].filter(Boolean).join("、")],
    [found.kind === "DOCUMENT_KIND_INCOMING" ? "登记人" : "拟稿人", `${names.person(found.initiator)}（${names.unit(found.initiatingUnit)}）`],
    ["登记时间", moment(found.registerTime)],
    ["限定时限", moment(found.statedLimit)],
    ["答复时间", moment(found.replyTime)],
    [found.state === "DOCUMENT_STATE_CLOSED" ? "办结时间" : "终止时间", moment(found.closeTime)],
    ["重新报送自", found.resubmits && <Link key="resubmits" to={to("document", { document: idOf(found.resubmits) })}>退回的原件</Link>],
    ...(declarations.data?.fields ?? []).map((each): [string, ReactNode] => [each.label ?? "", wordsOf(each, found.fields?.[each.name ?? ""], names)]),
  ];
  return (
    <div className="card">
      <h2>登记信息</h2>
      <dl className="facts">
        {rows
          .filter(([, value]) => value)
          .map(([label, value]) => (
            <div key={label} className={label.length > LONG_NAME || `${label}${typeof value === "string" ? value : ""}`.length > LONG ? "long" : ""}>
              <dt>{label}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
      {found.endReason && (found.findings ?? []).length === 0 && (
        <p className="finding">
          <strong>终止理由</strong>　{found.endReason}
        </p>
      )}
    </div>
  );
}

const GROUNDS: Partial<Record<NonNullable<Document["state"]>, string>> = { DOCUMENT_STATE_RETURN_PENDING: "退文理由", DOCUMENT_STATE_RETURNED: "退文理由" };

/** What rules found about it, each with its article: who has to decide about a return sees its grounds first. */
export function Findings({ document: found }: { document: Document }) {
  const findings = found.findings ?? [];
  if (findings.length === 0) return null;
  const title = GROUNDS[found.state ?? "DOCUMENT_STATE_UNSPECIFIED"] ?? "核对发现";
  return (
    <section className="card" aria-label={title}>
      <h2>{title}</h2>
      {findings.map(({ reason, text, citation }) => (
        <div key={reason} className="finding">
          <strong>{text}</strong>
          {citation && <ArticleText citation={citation} />}
        </div>
      ))}
      {found.endReason && !findings.some(({ text = "" }) => found.endReason?.includes(text)) && <p>{found.endReason}</p>}
    </section>
  );
}
