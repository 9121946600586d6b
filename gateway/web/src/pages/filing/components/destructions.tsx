import type { UseQueryResult } from "@tanstack/react-query";
import { Tag } from "antd";
import { accessOf } from "@/access";
import { ActionBar } from "@/components/form/action-bar";
import { More } from "@/components/more";
import { Answer, Empty } from "@/components/states";
import { useSession } from "@/session/session";
import { useNames } from "@/shared/names";
import { moment } from "@/shared/time";
import { useVocabulary } from "@/shared/vocabulary";
import { decide } from "../actions";
import { type Destruction, useDestructions } from "../service";

const PROPOSED = "DESTRUCTION_STATE_PROPOSED";
const STATES: Record<string, string> = { [PROPOSED]: "待批准", DESTRUCTION_STATE_DONE: "已销毁", DESTRUCTION_STATE_REJECTED: "不予销毁" };

/** Lists of what is to be destroyed or was: one person proposes, another one decides. */
export function Destructions() {
  const query = useDestructions();
  const names = useNames();
  const { word } = useVocabulary();
  const { me, person } = useSession();
  const access = accessOf(me.permissions ?? []);
  const may = access.may("documents:filing:destroy");
  const proposes = access.may("documents:filing:manage");
  const rows = query.data?.pages.flatMap(({ destructions }) => destructions ?? []);
  const allowed = ({ state, proposer }: Destruction) => (may && state === PROPOSED && proposer !== person ? ["approve", "reject"] : []);
  return (
    <>
      <Answer query={{ ...query, data: rows } as UseQueryResult<Destruction[]>} empty={{ when: (found) => found.length === 0, show: <Empty text={`没有提请销毁的清册。${proposes ? "保管期满的，在“已归档”中选定后提请。" : ""}`} /> }}>
        {(found) => (
          <ul className="records card">
            {found.map((each) => (
              <li key={each.name}>
                <div className="record-head">
                  <strong>销毁清册（{(each.documents ?? []).length}件）</strong>
                  <Tag color={each.state === PROPOSED ? "gold" : undefined}>{STATES[each.state ?? ""]}</Tag>
                  <span className="muted number">{names.person(each.proposer)}　{moment(each.proposeTime)}提请</span>
                </div>
                <p>理由：{each.reason}</p>
                {each.decider && <p className="muted number">{names.person(each.decider)}　{moment(each.decideTime)}　{each.decision}</p>}
                <details open={each.state === PROPOSED}>
                  <summary>清册内容</summary>
                  <ul className="day-lines">
                    {(each.documents ?? []).map((line) => (
                      <li key={line.document}>
                        <span className="number">{line.fileNumber}</span>
                        <span>{line.title || "（无权查看）"}</span>
                        <span className="muted">{word("retention_class", line.retentionClass)}</span>
                      </li>
                    ))}
                  </ul>
                </details>
                <div className="form-acts">
                  <ActionBar of={each.name ?? ""} actions={{ approve: decide(each, true), reject: decide(each, false) }} offered={["approve", "reject"]} allowed={allowed(each)} />
                </div>
              </li>
            ))}
          </ul>
        )}
      </Answer>
      <More query={query} />
    </>
  );
}
