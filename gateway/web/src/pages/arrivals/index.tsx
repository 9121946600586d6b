import { Button, Tag } from "antd";
import { useState } from "react";
import { Link, useNavigate, useSearchParams } from "react-router";
import { idOf } from "@/api/client";
import { refusalOf } from "@/api/refusal";
import { ActionBar } from "@/components/form/action-bar";
import { More } from "@/components/more";
import { Page } from "@/components/page";
import { Answer, Empty, RefusalAlert } from "@/components/states";
import { UrgencyTag } from "@/components/urgency";
import { to } from "@/paths";
import { date, moment } from "@/shared/time";
import { type Arrival, refuse, type State, STATES, useArrival, useArrivals, useRegister } from "./service";

/** What other offices sent: to be registered, or refused with a reason. */
export default function Arrivals() {
  const [search, setSearch] = useSearchParams();
  const given = `TRANSMISSION_STATE_${(search.get("state") ?? "arrived").toUpperCase()}`;
  const state = (given in STATES ? given : "TRANSMISSION_STATE_ARRIVED") as State;
  const query = useArrivals(state);
  return (
    <Page title="其他单位来件">
      <div className="tabs" role="tablist" aria-label="来件状态">
        {(Object.entries(STATES) as [State, string][]).map(([each, label]) => (
          <button key={each} type="button" role="tab" aria-selected={each === state} onClick={() => { setSearch({ state: each.replace("TRANSMISSION_STATE_", "").toLowerCase() }, { replace: true }); }}>
            {label}
          </button>
        ))}
      </div>
      <Answer query={query} empty={{ when: ({ pages }) => (pages[0]?.arrivals ?? []).length === 0, show: <Empty text={`没有${STATES[state]}的来件。`} /> }}>
        {({ pages }) => (
          <>
            <ul className="document-list">
              {pages.flatMap((page) => page.arrivals ?? []).map((each) => (
                <Line key={each.name} arrival={each} waiting={state === "TRANSMISSION_STATE_ARRIVED"} />
              ))}
            </ul>
            <More query={query} />
          </>
        )}
      </Answer>
    </Page>
  );
}

function Line({ arrival, waiting }: { arrival: Arrival; waiting: boolean }) {
  const [open, setOpen] = useState(false);
  const title = arrival.title ?? "";
  return (
    <li>
      <div className="todo-title">
        <UrgencyTag urgency={arrival.urgency} />
        {arrival.document ? <Link to={to("document", { document: idOf(arrival.document) })}>{title}</Link> : title}
      </div>
      {waiting ? (
        <Button type="primary" ghost aria-expanded={open} onClick={() => { setOpen(!open); }}>
          {open ? "收起" : "查看并签收"}
        </Button>
      ) : (
        <Tag>{STATES[arrival.state as State]}</Tag>
      )}
      <div className="todo-facts">
        <span>{arrival.sender}</span>
        <span className="number">{arrival.senderNumber}</span>
        <span className="number">{date(arrival.senderDate)}</span>
        <span className="number">{moment(arrival.arriveTime)} 送达</span>
        {arrival.note && <span>附言：{arrival.note}</span>}
        {arrival.reason && <span>原因：{arrival.reason}</span>}
      </div>
      {open && <Open name={arrival.name ?? ""} />}
    </li>
  );
}

function Open({ name }: { name: string }) {
  const navigate = useNavigate();
  const register = useRegister((document) => void navigate(to("document", { document: idOf(document) })));
  const repeated = register.isError && refusalOf(register.error).reason === "DUPLICATE";
  return (
    <div className="todo-form arrival">
      <Answer query={useArrival(name)}>
        {(found) => (
          <>
            {found.body && <p className="document-body">{found.body}</p>}
            <ul className="files">
              {(found.attachments ?? []).map((file) => (
                <li key={file.name}>
                  <a href={`/v1/${file.name ?? ""}:download`} className="file-name">
                    {file.fileName}
                  </a>
                </li>
              ))}
            </ul>
          </>
        )}
      </Answer>
      {register.isError && <RefusalAlert error={register.error} />}
      <div className="form-acts">
        <Button type="primary" loading={register.isPending} onClick={() => { register.mutate({ name, duplicateConfirmed: repeated }); }}>
          {repeated ? "已核对，仍然登记" : "签收并登记"}
        </Button>
        <ActionBar of={name} actions={{ refuse: refuse(name) }} offered={["refuse"]} allowed={["refuse"]} />
      </div>
    </div>
  );
}
