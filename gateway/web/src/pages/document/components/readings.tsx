import { Answer } from "@/components/states";
import { useNames } from "@/shared/names";
import { moment } from "@/shared/time";
import { useReadings } from "../service";

/** Who has a reading copy, and when each of them finished it. */
export function Readings({ document }: { document: string }) {
  const query = useReadings(document);
  const names = useNames();
  return (
    <Answer query={query} quiet empty={{ when: (rows) => rows.length === 0, show: null }}>
      {(rows) => (
        <section className="card" aria-label="传阅情况">
          <h2>
            传阅情况 <span className="muted">{rows.filter(({ endTime }) => endTime).length}/{rows.length}</span>
          </h2>
          <ul className="readings">
            {rows.map(({ name, persons, doneBy, endTime, opinion }) => (
              <li key={name}>
                <span>{names.persons(doneBy ? [doneBy] : persons)}</span>
                <span className="muted number">{endTime ? moment(endTime) : "未阅"}</span>
                {opinion && <p className="opinion">{opinion}</p>}
              </li>
            ))}
          </ul>
        </section>
      )}
    </Answer>
  );
}
