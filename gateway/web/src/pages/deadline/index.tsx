import { Tag } from "antd";
import { useParams } from "react-router";
import { accessOf } from "@/access";
import { answer, api } from "@/api/client";
import { ArticleText } from "@/components/article";
import { Due } from "@/components/due";
import { FIELD } from "@/components/form/about";
import { ActionBar } from "@/components/form/action-bar";
import type { Action } from "@/components/form/action-dialog";
import { text } from "@/components/form/fields";
import { Page } from "@/components/page";
import { Answer } from "@/components/states";
import { useSession } from "@/session/session";
import { useNames } from "@/shared/names";
import { date, moment, weekdayDate } from "@/shared/time";
import { Calendar } from "./components/calendar";
import { contributed, type Explanation, useExplanation } from "./service";

const STATES: Record<string, string> = {
  DEADLINE_STATE_OPEN: "计时中",
  DEADLINE_STATE_SUSPENDED: "已中止",
  DEADLINE_STATE_OVERDUE: "逾期未办",
  DEADLINE_STATE_MET: "按时办结",
  DEADLINE_STATE_LATE: "逾期办结",
  DEADLINE_STATE_CANCELLED: "不再计时",
  DEADLINE_STATE_SET_ASIDE: "逾期认定已撤销",
};

/** Why something is due when it is: the article, day by day, what changed it and what followed from it. */
export default function Deadline() {
  const { deadline = "" } = useParams();
  return (
    <Page title="时限说明">
      <Answer query={useExplanation(deadline)} rows={8}>
        {(found) => <Account found={found} />}
      </Answer>
    </Page>
  );
}

/** A breach that rested on a mistake is left out of the numbers. */
function setAside(deadline: string): Action {
  return {
    label: "撤销逾期认定",
    note: "用于日历、制度或登记有误造成的逾期。逾期和理由仍然可见，统计不再计入；不能恢复。",
    danger: true,
    touches: ["documents", "deadlines", "efficiency"],
    fields: [{ ...FIELD.reason, max: 2000 }],
    send: (values, header) => answer(api.POST("/v1/documents:setAsideDeadline", { params: { header }, body: { deadline, reason: text(values, "reason") } })),
  };
}

function Account({ found }: { found: Explanation }) {
  const names = useNames();
  const { may } = accessOf(useSession().me.permissions ?? []);
  const limit = found.deadline ?? {};
  const days = found.days ?? [];
  const changes = found.changes ?? [];
  return (
    <>
      <section className="card" aria-label="时限">
        <h2>
          {limit.label} <Tag>{STATES[limit.state ?? ""]}</Tag>
        </h2>
        <p>{found.summary}</p>
        <Due dueTime={limit.dueTime} remainingText={found.remainingText} overdue={limit.state === "DEADLINE_STATE_OVERDUE"} provisional={limit.provisional} />
        {limit.citation && <ArticleText citation={limit.citation} />}
        {found.unit && <p className="muted">按{names.unit(found.unit)}的工作日历计算</p>}
        {limit.breached && limit.state !== "DEADLINE_STATE_SET_ASIDE" && (
          <div className="form-acts">
            <ActionBar of={limit.name ?? ""} actions={{ aside: setAside(limit.name ?? "") }} offered={["aside"]} allowed={may("documents:document:supervise") ? ["aside"] : []} />
          </div>
        )}
      </section>
      {days.length > 0 && (
        <section className="card" aria-label="逐日说明">
          <h2>逐日说明</h2>
          <Calendar days={days} />
          <ol className="day-lines">
            {days.map((day) => (
              <li key={date(day.day)} className={day.counted ? "" : "muted"}>
                <span className="number">{weekdayDate(day.day)}</span>
                <span>{day.why}</span>
                <strong>{contributed(day)}</strong>
              </li>
            ))}
          </ol>
        </section>
      )}
      {changes.length > 0 && (
        <section className="card" aria-label="变更">
          <h2>变更</h2>
          <ul className="day-lines">
            {changes.map((change) => (
              <li key={`${change.time ?? ""}${change.label ?? ""}`}>
                <span className="number">{moment(change.time)}</span>
                <span>
                  {change.label}
                  {change.person && `（${names.person(change.person)}）`}
                  {change.reason && `：${change.reason}`}
                </span>
                {change.newDueTime && change.newDueTime !== change.previousDueTime && <strong>改为{moment(change.newDueTime)}</strong>}
              </li>
            ))}
          </ul>
        </section>
      )}
      <section className="card" aria-label="提醒与督促">
        <h2>提醒与督促</h2>
        <ul className="day-lines">
          {(found.rungs ?? []).map((rung) => (
            <li key={`${rung.time ?? ""}${rung.label ?? ""}${(rung.roles ?? []).join()}`} className={rung.reachTime ? "" : "muted"}>
              <span className="number">{moment(rung.time) || "计时中止"}</span>
              <span>
                {rung.label}
                {(rung.roles ?? []).length > 0 && `：${(rung.roles ?? []).join("、")}`}
              </span>
              <strong>{rung.reachTime ? "已发生" : "未到"}</strong>
            </li>
          ))}
        </ul>
      </section>
    </>
  );
}
