import { type Efficiency, type Measure, MEASURES, percent } from "../service";
import { NumberButton } from "./number-button";

const SHOWN: readonly [Measure, "met" | "breached" | "open" | "overdue" | "setAside", boolean][] = [
  ["MEASURE_OPEN", "open", false],
  ["MEASURE_OVERDUE", "overdue", true],
  ["MEASURE_MET", "met", false],
  ["MEASURE_BREACHED", "breached", true],
  ["MEASURE_SET_ASIDE", "setAside", false],
];

/** The numbers of all: each opens its list. */
export function Summary({ found, open }: { found: Efficiency; open: (measure: Measure) => void }) {
  const counts = found.counts ?? {};
  return (
    <dl className="figures">
      <div>
        <dt>按时率</dt>
        <dd className="figure number">{percent(found.onTimeRate)}</dd>
      </div>
      <div>
        <dt>平均用时占时限</dt>
        <dd className="figure number">{percent(counts.usedShare)}</dd>
      </div>
      {SHOWN.map(([measure, name, late]) => (
        <div key={measure}>
          <dt>{MEASURES[measure]}</dt>
          <dd className="figure">
            <NumberButton value={counts[name]} label={MEASURES[measure]} late={late} open={() => { open(measure); }} />
          </dd>
        </div>
      ))}
    </dl>
  );
}
