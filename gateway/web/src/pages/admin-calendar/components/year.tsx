import { type CalendarDay, isPresumed, keyOf, lookOf, type Look, monthsOf } from "../service";

const WEEKDAYS = ["一", "二", "三", "四", "五", "六", "日"];
const WORDS: Record<Look, string> = {
  works: "上班",
  rests: "周末休息",
  makeup: "调休上班",
  holiday: "放假",
  "local-works": "本单位安排上班",
  "local-rests": "本单位安排休息",
};
const MARKS: Partial<Record<Look, string>> = { makeup: "班", holiday: "休", "local-works": "班", "local-rests": "休" };

/** Twelve months; a day opens the dialog that arranges it. */
export function Year({ days, choose }: { days: readonly CalendarDay[]; choose: (day: CalendarDay) => void }) {
  return (
    <div className="year">
      {monthsOf(days).map(({ month, weeks }) => (
        <table key={month} className="month-small">
          <caption>{month}月</caption>
          <thead>
            <tr>
              {WEEKDAYS.map((each) => (
                <th key={each} scope="col">
                  {each}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {weeks.map((week, at) => (
              <tr key={at}>
                {week.map((day, place) =>
                  day === null ? <td key={`none-${String(place)}`} aria-hidden="true" /> : <td key={keyOf(day)}><Day day={day} choose={choose} /></td>,
                )}
              </tr>
            ))}
          </tbody>
        </table>
      ))}
    </div>
  );
}

function Day({ day, choose }: { day: CalendarDay; choose: (day: CalendarDay) => void }) {
  const look = lookOf(day);
  const said = [WORDS[look], day.reason, isPresumed(day) ? "推算" : ""].filter(Boolean).join("，");
  return (
    <button type="button" className={`day ${look}`} title={said} onClick={() => { choose(day); }}>
      <span className="visually-hidden">{day.day.month}月</span>
      {day.day.day}
      {MARKS[look] && <sup aria-hidden="true">{MARKS[look]}</sup>}
      <span className="visually-hidden">日，{said}</span>
    </button>
  );
}
