import type { ReactNode } from "react";
import { type Counts, type Measure, MEASURES, percent } from "../service";
import { NumberButton } from "./number-button";

export interface Line {
  key: string;
  head: ReactNode;
  counts: Counts;
}

const COLUMNS: readonly [Measure, "met" | "breached" | "open" | "overdue", boolean][] = [
  ["MEASURE_MET", "met", false],
  ["MEASURE_BREACHED", "breached", true],
  ["MEASURE_OPEN", "open", false],
  ["MEASURE_OVERDUE", "overdue", true],
];

interface BreakdownProps {
  caption: string;
  head: string;
  lines: readonly Line[];
  open: (measure: Measure, key: string) => void;
}

/** The numbers by rule or by unit. */
export function Breakdown({ caption, head, lines, open }: BreakdownProps) {
  return (
    <div className="scrolls" role="region" aria-label={caption}>
      <table className="numbers">
        <caption className="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            <th scope="col">{head}</th>
            {COLUMNS.map(([measure]) => (
              <th scope="col" key={measure} className="of-number">
                {MEASURES[measure]}
              </th>
            ))}
            <th scope="col" className="of-number">用时占比</th>
          </tr>
        </thead>
        <tbody>
          {lines.map(({ key, head: shown, counts }) => (
            <tr key={key}>
              <th scope="row">{shown}</th>
              {COLUMNS.map(([measure, name, late]) => (
                <td key={measure} className="of-number" data-head={MEASURES[measure]}>
                  <NumberButton value={counts[name]} label={MEASURES[measure]} late={late} open={() => { open(measure, key); }} />
                </td>
              ))}
              <td className="of-number number" data-head="用时占比">{percent(counts.usedShare)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
