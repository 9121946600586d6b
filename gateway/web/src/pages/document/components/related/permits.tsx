import { useQuery } from "@tanstack/react-query";
import { Tag } from "antd";
import { answer, api, idOf, type Schemas } from "@/api/client";
import { ArticleButton } from "@/components/article";
import { ActionBar } from "@/components/form/action-bar";
import type { Action } from "@/components/form/action-dialog";
import { list, text } from "@/components/form/fields";
import { Answer } from "@/components/states";
import { instantFrom } from "@/shared/moments";
import { useNames } from "@/shared/names";
import { moment } from "@/shared/time";
import type { Document } from "../../service";

type Permit = Schemas["xiaoneng.documents.v1.Permit"];
type CopyAct = Exclude<Schemas["xiaoneng.documents.v1.CopyAct"], "COPY_ACT_UNSPECIFIED">;

const ACTS: Record<string, string> = { COPY_ACT_PRINT: "打印", COPY_ACT_DOWNLOAD: "下载", COPY_ACT_EXCERPT: "摘抄", COPY_ACT_FORWARD: "转借" };
const STATES: Record<string, string> = { PERMIT_STATE_PENDING: "待批", PERMIT_STATE_GRANTED: "已同意", PERMIT_STATE_REJECTED: "未同意" };

/** Printing, downloading, copying out and passing on: asked for, decided, used. */
export function Permits({ document }: { document: Document }) {
  const id = idOf(document.name ?? "");
  const names = useNames();
  const query = useQuery({
    queryKey: ["documents", id, "permits"],
    queryFn: async () => (await answer(api.GET("/v1/documents/{document}/permits", { params: { path: { document: id }, query: { pageSize: 200 } } }))).permits ?? [],
  });
  return (
    <>
      <div className="form-acts">
        <ActionBar of={document.name ?? ""} actions={{ request: request(id), forward: forward(id) }} offered={["request", "forward"]} allowed={["request", "forward"]} />
      </div>
      <Answer query={query} rows={2} empty={{ when: (rows) => rows.length === 0, show: <p className="muted">没有复制、转借的申请。</p> }}>
        {(rows) => (
          <ul className="records">
            {rows.map((each) => (
              <li key={each.name}>
                <div className="record-head">
                  <strong>{names.person(each.person)}申请{(each.acts ?? []).map((act) => ACTS[act] ?? "").join("、")}</strong>
                  <Tag>{STATES[each.state ?? ""]}</Tag>
                  <span className="muted number">{moment(each.createTime)}</span>
                  <ArticleButton citation={each.citation} />
                </div>
                {each.reason && <p>用途：{each.reason}</p>}
                {each.decider && <p className="muted number">{names.person(each.decider)}　{moment(each.decideTime)}　{each.decision}</p>}
                {each.state === "PERMIT_STATE_GRANTED" && (
                  <p className="muted number">
                    {each.usesLeft ? `还可以用${String(each.usesLeft)}次` : ""}{each.expireTime ? `　${moment(each.expireTime)}前有效` : ""}
                  </p>
                )}
                <ActionBar of={each.name ?? ""} actions={{ DecidePermit: decide(each) }} offered={["DecidePermit"]} allowed={each.allowedActions} />
              </li>
            ))}
          </ul>
        )}
      </Answer>
    </>
  );
}

function request(id: string): Action {
  return {
    label: "申请复制",
    note: "由制度规定的领导审批；批准前不能复制。申请不能撤回，可以由审批人不予同意。",
    touches: ["documents", "todos"],
    fields: [
      { name: "acts", label: "方式", kind: "codes", required: true, options: Object.entries(ACTS).map(([value, label]) => ({ value, label })) },
      { name: "reason", label: "用途", kind: "area", required: true, max: 2000 },
    ],
    send: (values, header) =>
      answer(api.POST("/v1/documents/{document}:requestPermit", { params: { path: { document: id }, header }, body: { acts: list(values, "acts") as CopyAct[], reason: text(values, "reason") } })),
  };
}

function forward(id: string): Action {
  return {
    label: "转借",
    note: "对方可以查看本件；会留痕，不能收回。需要批准的，先申请。",
    touches: ["documents"],
    fields: [
      { name: "persons", label: "转借给", kind: "persons", required: true },
      { name: "reason", label: "用途", kind: "area", max: 2000 },
    ],
    send: (values, header) =>
      answer(api.POST("/v1/documents/{document}:forward", { params: { path: { document: id }, header }, body: { persons: list(values, "persons"), reason: text(values, "reason") } })),
  };
}

function decide(permit: Permit): Action {
  const [, document = "", , id = ""] = (permit.name ?? "").split("/");
  return {
    label: "审批",
    note: "决定后不能更改；需要时由申请人另行申请。",
    touches: ["documents", "todos"],
    fields: [
      { name: "granted", label: "决定", kind: "choice", required: true, options: [{ value: "yes", label: "同意" }, { value: "no", label: "不同意" }] },
      { name: "uses", label: "次数", kind: "int", half: true, help: "不填则只能用一次" },
      { name: "expireTime", label: "有效期至", kind: "moment", half: true },
      { name: "reason", label: "意见", kind: "area", max: 2000 },
    ],
    send: (values, header) =>
      answer(
        api.POST("/v1/documents/{document}/permits/{permit}:decide", {
          params: { path: { document, permit: id }, header },
          body: { granted: values.granted === "yes", uses: typeof values.uses === "number" ? values.uses : 0, expireTime: instantFrom(values.expireTime), reason: text(values, "reason") },
        }),
      ),
  };
}
