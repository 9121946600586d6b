import { type Cell, contributed, type ExplainedDay, months } from "../service";

const WEEKDAYS = ["一", "二", "三", "四", "五", "六", "日"];

/** Which days and hours counted, which did not, and why. */
export function Calendar({ days }: { days: readonly ExplainedDay[] }) {
  return (
    <div className="months">
      {months(days).map(({ title, cells }) => (
        <table key={title} className="month">
          <caption>{title}</caption>
          <thead>
            <tr>
              {WEEKDAYS.map((each) => (
                <th scope="col" key={each}>
                  {each}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {weeksOf(cells).map((week) => (
              <tr key={week.find(({ number }) => number)?.number}>
                {week.map((cell, place) => (
                  <Day key={cell.number || `before-${String(place)}`} cell={cell} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      ))}
    </div>
  );
}

function Day({ cell: { number, day } }: { cell: Cell }) {
  if (number === 0) return <td aria-hidden="true" />;
  if (day === undefined) return <td className="outside number">{number}</td>;
  return (
    <td className={day.counted ? "counted" : "not-counted"} title={day.why}>
      <span className="number">{number}</span>
      <span className="contributed">{contributed(day)}</span>
      <span className="visually-hidden">{day.why}</span>
    </td>
  );
}

function weeksOf(cells: readonly Cell[]): Cell[][] {
  const found: Cell[][] = [];
  for (let at = 0; at < cells.length; at += 7) found.push(cells.slice(at, at + 7));
  return found;
}
