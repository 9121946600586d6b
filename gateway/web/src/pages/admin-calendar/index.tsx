import { Button, Select } from "antd";
import { useState } from "react";
import { answer, api, idOf } from "@/api/client";
import { AdminPage } from "@/components/admin/admin-page";
import { type Action, ActionDialog } from "@/components/form/action-dialog";
import { keptName } from "@/components/form/kept";
import { text } from "@/components/form/fields";
import { Answer, Empty } from "@/components/states";
import { PATHS } from "@/paths";
import { useAddress } from "@/shared/address";
import { dateFrom } from "@/shared/moments";
import { useNames, useUnits } from "@/shared/names";
import { date } from "@/shared/time";
import { Year } from "./components/year";
import { type CalendarDay, isPresumed, keyOf, lookOf, useYear } from "./service";

const TOUCHES = ["calendarDays", "documents", "deadlines", "todos"];
const LATEST = "只影响尚未到期的时限：会重新推算并注明理由，已经认定的逾期不变。可以随时改回。";

/** The year as the office works: the country's arrangement, and what the office itself has arranged. */
export default function Calendar() {
  const [search, set] = useAddress();
  const year = Number(search.get("year")) || new Date().getFullYear();
  const unit = search.get("unit") ?? "";
  const query = useYear(year, unit);
  const units = useUnits().data ?? [];
  const names = useNames();
  const [action, setAction] = useState<Action | null>(null);
  const arranged = (query.data ?? []).filter(({ local }) => local);
  return (
    <AdminPage section={PATHS.calendar} title="作息日历" actions={<Button type="primary" onClick={() => { setAction(arrange(unit)); }}>安排一天</Button>}>
      <div className="filters calendar-filters">
        <div className="stepper">
          <Button aria-label="上一年" onClick={() => { set({ year: String(year - 1) }); }}>‹</Button>
          <strong className="number" aria-live="polite">{year}年</strong>
          <Button aria-label="下一年" onClick={() => { set({ year: String(year + 1) }); }}>›</Button>
        </div>
        <Select
          aria-label="适用范围"
          value={unit}
          onChange={(value: string) => { set({ unit: value }); }}
          options={[{ value: "", label: "全单位" }, ...units.map(({ name = "", displayName = "" }) => ({ value: idOf(name), label: displayName }))]}
        />
      </div>
      <Answer query={query} rows={10}>
        {(days) => (
          <>
            {days.some(isPresumed) && <p className="overdue-note" role="status">{year}年的放假调休安排尚未公布，按周末和固定节日推算；公布后自动改正，在此之前不认定逾期。</p>}
            <ul className="legend" aria-label="图例">
              <li className="day works">上班</li>
              <li className="day rests">周末休息</li>
              <li className="day holiday">放假</li>
              <li className="day makeup">调休上班</li>
              <li className="day local-works">本单位安排上班</li>
              <li className="day local-rests">本单位安排休息</li>
            </ul>
            <Year days={days} choose={(day) => { setAction(arrange(unit, day)); }} />
            <section className="card" aria-label="本单位的安排">
              <h2>本单位的安排</h2>
              {arranged.length === 0 && <Empty text="这一年没有另作安排，按国家公布的放假调休上班。" />}
              <ul className="plain-list">
                {arranged.map((day) => (
                  <li key={keyOf(day)} className="arranged">
                    <span className="number">{date(day.day)}</span>
                    <span>{lookOf(day) === "local-works" ? "上班" : "休息"}（{day.unit ? names.unit(day.unit) : "全单位"}）</span>
                    <span className="muted">{day.reason}</span>
                    <Button size="small" onClick={() => { setAction(clear(day)); }}>取消安排</Button>
                  </li>
                ))}
              </ul>
            </section>
          </>
        )}
      </Answer>
      {action && <ActionDialog key={action.label} action={action} kept={keptName("calendar", JSON.stringify(action.initial ?? {}))} close={() => { setAction(null); }} />}
    </AdminPage>
  );
}

function arrange(unit: string, day?: CalendarDay): Action {
  const works = day !== undefined && ["works", "makeup", "local-works"].includes(lookOf(day));
  return {
    label: "安排",
    note: LATEST,
    touches: TOUCHES,
    fields: [
      { name: "day", label: "日期", kind: "date", required: true, half: true },
      { name: "unit", label: "适用科室", kind: "unit", half: true, help: "不填则适用于全单位" },
      { name: "working", label: "这一天", kind: "choice", required: true, options: [{ value: "WORKING_WORKS", label: "上班" }, { value: "WORKING_RESTS", label: "休息" }] },
      { name: "reason", label: "理由", kind: "text", required: true, max: 100 },
    ],
    initial: { day: day && keyOf(day), unit: unit || undefined, working: works ? "WORKING_RESTS" : "WORKING_WORKS" },
    send: (values, header) =>
      answer(
        api.POST("/v1/calendarDays:set", {
          params: { header },
          body: {
            day: {
              day: dateFrom(values.day) ?? {},
              working: values.working as CalendarDay["working"],
              reason: text(values, "reason"),
              unit: text(values, "unit") && `units/${text(values, "unit")}`,
            },
          },
        }),
      ),
  };
}

function clear(day: CalendarDay): Action {
  return {
    label: "取消安排",
    note: `${date(day.day)}恢复按国家公布的放假调休上班；${LATEST}`,
    touches: TOUCHES,
    fields: [],
    send: (_, header) => answer(api.POST("/v1/calendarDays:clear", { params: { header }, body: { day: day.day, unit: day.unit } })),
  };
}
