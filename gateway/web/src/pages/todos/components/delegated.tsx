import { Link } from "react-router";
import { Answer, Empty } from "@/components/states";
import { idOf } from "@/api/client";
import { to } from "@/paths";
import { useSession } from "@/session/session";
import { useNames } from "@/shared/names";
import { moment } from "@/shared/time";
import { useDelegations } from "../service";

/** Who acts for me, and for whom I act, with the time for which it holds. */
export function Delegated() {
  const query = useDelegations();
  const names = useNames();
  const { person } = useSession();
  return (
    <Answer
      query={query}
      empty={{
        when: (rows) => rows.length === 0,
        show: (
          <Empty text="没有有效的授权。请假、出差期间可以授权同事代为办理。">
            <Link to={to("delegations")}>授权他人代办</Link>
          </Empty>
        ),
      }}
    >
      {(rows) => (
        <div className="card">
          <ul className="plain-list">
            {rows.map(({ name, delegator, delegate, validFromTime, validUntilTime }) => (
              <li key={name}>
                <strong>{idOf(delegator ?? "") === person ? `由${names.person(delegate)}代我办理` : `我代${names.person(delegator)}办理`}</strong>
                <div className="muted number">
                  {moment(validFromTime)} 至 {moment(validUntilTime)}
                </div>
              </li>
            ))}
          </ul>
          <Link to={to("delegations")}>管理授权</Link>
        </div>
      )}
    </Answer>
  );
}
