import { useQuery } from "@tanstack/react-query";
import { Tag } from "antd";
import { accessOf } from "@/access";
import { answer, api, idOf, type Schemas } from "@/api/client";
import { ArticleButton } from "@/components/article";
import { FIELD } from "@/components/form/about";
import { ActionBar } from "@/components/form/action-bar";
import type { Action } from "@/components/form/action-dialog";
import { list, text } from "@/components/form/fields";
import { Answer } from "@/components/states";
import { useSession } from "@/session/session";
import { useNames, whole } from "@/shared/names";
import { moment } from "@/shared/time";
import type { Document } from "../../service";

type Transmission = Schemas["xiaoneng.documents.v1.Transmission"];
type Receiver = Schemas["xiaoneng.documents.v1.Receiver"];

const TOUCHES = ["transmissions", "documents", "todos"];
const STATES: Record<NonNullable<Transmission["state"]>, string> = {
  TRANSMISSION_STATE_UNSPECIFIED: "",
  TRANSMISSION_STATE_SENT: "已发出",
  TRANSMISSION_STATE_ARRIVED: "已送达，待登记",
  TRANSMISSION_STATE_REGISTERED: "对方已登记",
  TRANSMISSION_STATE_REFUSED: "对方已拒收",
  TRANSMISSION_STATE_WITHDRAWING: "正在撤回",
  TRANSMISSION_STATE_WITHDRAWN: "已撤回",
};
const RELATIONS: Record<string, string> = { RELATION_SUPERIOR: "上级", RELATION_SUBORDINATE: "下级", RELATION_SIBLING: "同级" };

/** Deliveries of the document to other offices, and what became of each. */
export function Transmissions({ document }: { document: Document }) {
  const name = document.name ?? "";
  const names = useNames();
  const issued = Boolean(document.documentNumber);
  const may = accessOf(useSession().me.permissions ?? []).may("documents:document:issue");
  const query = useQuery({
    queryKey: ["transmissions", "list", name],
    queryFn: async () => (await answer(api.GET("/v1/transmissions", { params: { query: { document: name, pageSize: 200 } } }))).transmissions ?? [],
  });
  const receivers = useQuery({
    queryKey: ["receivers", "list"],
    enabled: may,
    queryFn: () =>
      whole<Receiver>(async (pageToken) => {
        const found = await answer(api.GET("/v1/receivers", { params: { query: { pageSize: 200, pageToken } } }));
        return { rows: found.receivers ?? [], next: found.nextPageToken ?? "" };
      }),
  });
  return (
    <>
      {may && issued && (
        <div className="form-acts">
          <ActionBar of={name} actions={{ transmit: transmit(idOf(name), receivers.data ?? []) }} offered={["transmit"]} allowed={["transmit"]} />
        </div>
      )}
      <Answer query={query} rows={2} empty={{ when: (rows) => rows.length === 0, show: <p className="muted">{issued ? "还没有发送给其他单位。" : "印发以后可以发送给其他单位。"}</p> }}>
        {(rows) => (
          <ul className="records">
            {rows.map((each) => (
              <li key={each.name}>
                <div className="record-head">
                  <strong>{each.receiverDisplayName}</strong>
                  <Tag color={each.state === "TRANSMISSION_STATE_REFUSED" ? "red" : undefined}>{STATES[each.state ?? "TRANSMISSION_STATE_UNSPECIFIED"]}</Tag>
                  <span className="muted number">{names.person(each.sender)}　{moment(each.sendTime)}发出{each.answerTime ? `，${moment(each.answerTime)}${each.state === "TRANSMISSION_STATE_WITHDRAWN" ? "撤回" : "答复"}` : ""}</span>
                </div>
                <Answered transmission={each} />
                {may && allowed(each).length > 0 && <div className="row-acts"><ActionBar of={each.name ?? ""} actions={{ withdraw: withdraw(each), acknowledge: acknowledge(each) }} offered={["withdraw", "acknowledge"]} allowed={allowed(each)} /></div>}
              </li>
            ))}
          </ul>
        )}
      </Answer>
    </>
  );
}

/** Why it came back: each ground with its article and its code; what a person wrote has none. */
function Answered({ transmission: { reason, citation, findings = [] } }: { transmission: Transmission }) {
  if (findings.length === 0) return reason ? <p>理由：{reason} <ArticleButton citation={citation} /></p> : null;
  return (
    <>
      {findings.map((found) => (
        <p key={found.reason}>
          理由：{found.text} <ArticleButton citation={found.citation} /> <span className="muted number">{found.reason}</span>
        </p>
      ))}
    </>
  );
}

function allowed({ state, acknowledgeTime }: Transmission): string[] {
  if (state === "TRANSMISSION_STATE_SENT" || state === "TRANSMISSION_STATE_ARRIVED") return ["withdraw"];
  return state === "TRANSMISSION_STATE_REFUSED" && !acknowledgeTime ? ["acknowledge"] : [];
}

function transmit(id: string, receivers: readonly Receiver[]): Action {
  const options = receivers.map(({ tenant = "", displayName = "", relation }) => ({ value: tenant, label: RELATIONS[relation ?? ""] ? `${displayName}（${RELATIONS[relation ?? ""] ?? ""}）` : displayName }));
  return {
    label: "发送",
    note: "正文和附件送到对方的来件中；对方登记以前可以撤回。",
    touches: TOUCHES,
    fields: [
      { name: "receivers", label: "接收单位", kind: "codes", required: true, options },
      { name: "note", label: "附言", kind: "area", max: 1000 },
    ],
    send: (values, header) =>
      answer(api.POST("/v1/documents/{document}:transmit", { params: { path: { document: id }, header }, body: { receivers: list(values, "receivers"), note: text(values, "note") } })),
  };
}

function withdraw(transmission: Transmission): Action {
  return {
    label: "撤回",
    note: "对方已经登记的不能撤回；撤回后可以重新发送。",
    danger: true,
    touches: TOUCHES,
    fields: [FIELD.reason],
    send: (values, header) =>
      answer(api.POST("/v1/transmissions/{transmission}:withdraw", { params: { path: { transmission: idOf(transmission.name ?? "") }, header }, body: { reason: text(values, "reason") } })),
  };
}

function acknowledge(transmission: Transmission): Action {
  return {
    label: "知悉拒收",
    note: "从待阅中移除；不能撤销，拒收的记录仍在这里。",
    touches: TOUCHES,
    fields: [],
    send: (_, header) => answer(api.POST("/v1/transmissions/{transmission}:acknowledge", { params: { path: { transmission: idOf(transmission.name ?? "") }, header }, body: {} })),
  };
}
