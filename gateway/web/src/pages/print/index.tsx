import { Button } from "antd";
import { useEffect } from "react";
import { Link, useParams } from "react-router";
import { Answer } from "@/components/states";
import { URGENCY_NAMES } from "@/components/urgency";
import { to } from "@/paths";
import { type Document, useAttachments, useDocument, useRoute } from "@/pages/document/service";
import { boxesOf, rowsOf, type Step } from "@/pages/document/route";
import { useSession } from "@/session/session";
import { useNames } from "@/shared/names";
import { date, fullMoment } from "@/shared/time";
import { useVocabulary } from "@/shared/vocabulary";
import { DOCUMENT_STATES, saidAt } from "@/shared/words";

/** The official handling form (办文单) on A4, with route and opinions. */
export default function Print() {
  const { document: id = "" } = useParams();
  const document = useDocument(id);
  const route = useRoute(id);
  useEffect(() => {
    globalThis.document.title = "办文单 · 效能";
  }, []);
  return (
    <div className="print">
      <div className="print-acts">
        <Link to={to("document", { document: id })}>返回文件</Link>
        <Button type="primary" onClick={() => { window.print(); }}>
          打印
        </Button>
      </div>
      <Answer query={document}>{(found) => <Answer query={route}>{(drawn) => <Sheet document={found} steps={rowsOf(drawn.steps ?? []).flatMap(({ steps }) => steps)} />}</Answer>}</Answer>
    </div>
  );
}

function Sheet({ document: found, steps }: { document: Document; steps: Step[] }) {
  const names = useNames();
  const { word } = useVocabulary();
  const { tenantDetails } = useSession();
  const files = useAttachments((found.name ?? "").split("/")[1] ?? "").data ?? [];
  const incoming = found.kind === "DOCUMENT_KIND_INCOMING";
  return (
    <main className="sheet">
      <h1>
        {tenantDetails.displayName}
        {incoming ? "收文" : "发文"}办文单
      </h1>
      <table>
        <tbody>
          <tr>
            <th scope="row">{incoming ? "来文单位" : "拟稿单位"}</th>
            <td>{incoming ? found.sender : names.unit(found.initiatingUnit)}</td>
            <th scope="row">{incoming ? "收文编号" : "发文字号"}</th>
            <td>{incoming ? found.registrationNumber : found.documentNumber}</td>
          </tr>
          <tr>
            <th scope="row">{incoming ? "来文字号" : "拟稿人"}</th>
            <td>{incoming ? found.senderNumber : names.person(found.initiator)}</td>
            <th scope="row">{incoming ? "成文日期" : "文种"}</th>
            <td>{incoming ? date(found.senderDate) : word("document_type", found.documentType)}</td>
          </tr>
          <tr>
            <th scope="row">紧急程度</th>
            <td>{URGENCY_NAMES[found.urgency ?? "URGENCY_UNSPECIFIED"]}</td>
            <th scope="row">登记时间</th>
            <td>{fullMoment(found.registerTime ?? found.createTime)}</td>
          </tr>
          <tr>
            <th scope="row">标题</th>
            <td colSpan={3} className="sheet-title">{found.title}</td>
          </tr>
          <tr>
            <th scope="row">附件</th>
            <td colSpan={3}>{files.map(({ fileName }) => fileName).join("；") || "无"}</td>
          </tr>
          <tr>
            <th scope="row">拟办意见</th>
            <td colSpan={3} className="sheet-opinion">
              {found.proposal?.handlingText}
              {(found.proposal?.responsibleUnits ?? []).length > 0 && (
                <p>
                  承办：{found.proposal?.responsibleUnits?.map(names.unit).join("、")}
                  {found.proposal?.leadUnit && (found.proposal.responsibleUnits ?? []).length > 1 && `（牵头：${names.unit(found.proposal.leadUnit)}）`}
                </p>
              )}
              {found.proposal && (
                <p className="sheet-signed">
                  {names.person(found.proposal.proposer)}　{fullMoment(found.proposal.submitTime)}
                </p>
              )}
            </td>
          </tr>
          {boxesOf(steps).map(({ label, steps: signed }, at) => (
            <tr key={`${label}${String(at)}`}>
              <th scope="row">{label}</th>
              <td colSpan={3} className="sheet-opinion">
                {signed.map((step, nth) => (
                  <Signed key={step.name || String(nth)} step={step} />
                ))}
              </td>
            </tr>
          ))}
          <tr>
            <th scope="row">{found.closeTime && found.state !== "DOCUMENT_STATE_CLOSED" ? DOCUMENT_STATES[found.state ?? "DOCUMENT_STATE_UNSPECIFIED"] : "办结"}</th>
            <td colSpan={3}>{found.closeTime ? fullMoment(found.closeTime) : ""}</td>
          </tr>
        </tbody>
      </table>
    </main>
  );
}

function Signed({ step }: { step: Step }) {
  const names = useNames();
  if (!step.endTime) return null;
  const { decision, opinion } = saidAt(step);
  return (
    <div>
      {[decision, opinion].filter(Boolean).join("　")}
      {step.reason && `　理由：${step.reason}`}
      <p className="sheet-signed">
        {names.person(step.doneBy)}
        {step.doneFor && `（代${names.person(step.doneFor)}）`}　{fullMoment(step.endTime)}
      </p>
    </div>
  );
}
