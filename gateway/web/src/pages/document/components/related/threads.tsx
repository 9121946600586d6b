import { useQuery } from "@tanstack/react-query";
import { answer, api, idOf } from "@/api/client";
import { ActionBar } from "@/components/form/action-bar";
import type { Action } from "@/components/form/action-dialog";
import { list, text } from "@/components/form/fields";
import { Answer } from "@/components/states";
import { useNames } from "@/shared/names";
import { moment } from "@/shared/time";
import type { Document } from "../../service";

/** Deliberation about the document: only its persons see a thread. */
export function Threads({ document }: { document: Document }) {
  const name = document.name ?? "";
  const query = useQuery({
    queryKey: ["threads", "list", name],
    queryFn: async () => (await answer(api.GET("/v1/threads", { params: { query: { document: name, pageSize: 200 } } }))).threads ?? [],
  });
  const open: Action = {
    label: "发起讨论",
    note: "只有参加人能看到讨论内容，查看都会留痕；发表的意见不能删除。",
    touches: ["threads"],
    fields: [
      { name: "subject", label: "议题", kind: "text", required: true, max: 500 },
      { name: "persons", label: "参加人", kind: "persons", required: true },
      { name: "text", label: "您的意见", kind: "area", max: 20_000 },
    ],
    send: (values, header) =>
      answer(api.POST("/v1/threads:open", { params: { header }, body: { subject: text(values, "subject"), persons: list(values, "persons"), document: name, text: text(values, "text") } })),
  };
  return (
    <>
      <div className="form-acts">
        <ActionBar of={`threads/${idOf(name)}`} actions={{ open }} offered={["open"]} allowed={["open"]} />
      </div>
      <Answer query={query} rows={2} empty={{ when: (rows) => rows.length === 0, show: <p className="muted">没有您参加的讨论。</p> }}>
        {(rows) => (
          <ul className="records">
            {rows.map((each) => (
              <Thread key={each.name} id={idOf(each.name ?? "")} subject={each.subject ?? ""} />
            ))}
          </ul>
        )}
      </Answer>
    </>
  );
}

function Thread({ id, subject }: { id: string; subject: string }) {
  const names = useNames();
  const query = useQuery({ queryKey: ["threads", id], queryFn: () => answer(api.GET("/v1/threads/{thread}", { params: { path: { thread: id } } })) });
  const add: Action = {
    label: "发表意见",
    note: "参加人都能看到；发表后不能修改或删除，可以补充。",
    touches: ["threads"],
    fields: [{ name: "text", label: "意见", kind: "area", required: true, max: 20_000 }],
    send: (values, header) => answer(api.POST("/v1/threads/{thread}:addOpinion", { params: { path: { thread: id }, header }, body: { text: text(values, "text") } })),
  };
  return (
    <li>
      <h3>{subject}</h3>
      <Answer query={query} rows={2}>
        {(thread) => (
          <>
            <p className="muted">{names.person(thread.opener)}发起　参加人：{names.persons(thread.persons)}</p>
            {(thread.opinions ?? []).map((opinion, at) => (
              <div key={at}>
                <div className="record-head">
                  <strong>{names.person(opinion.person)}</strong>
                  <span className="muted number">{moment(opinion.createTime)}</span>
                </div>
                <p className="opinion">{opinion.text}</p>
              </div>
            ))}
            <ActionBar of={`threads/${id}`} actions={{ add }} offered={["add"]} allowed={["add"]} />
          </>
        )}
      </Answer>
    </li>
  );
}
