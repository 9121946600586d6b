import { Bar, BarChart, CartesianGrid, Legend, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { date } from "@/shared/time";
import type { Efficiency } from "../service";

/** On time and late, week by week; the same numbers as a table for those who do not see the picture. */
export default function Weeks({ weeks }: { weeks: NonNullable<Efficiency["weeks"]> }) {
  const rows = weeks.map((week) => ({
    week: `${String(week.monday?.month ?? "")}/${String(week.monday?.day ?? "")}`,
    whole: date(week.monday),
    按时: Number(week.met ?? 0),
    逾期: Number(week.breached ?? 0),
  }));
  return (
    <figure className="weeks">
      <div className="chart" aria-hidden="true">
        <ResponsiveContainer width="100%" height={220}>
          {/* Hidden from screen readers, so nothing of it takes the focus. */}
          <BarChart data={rows} accessibilityLayer={false} margin={{ top: 8, right: 8, bottom: 0, left: -16 }}>
            <CartesianGrid strokeDasharray="3 3" vertical={false} />
            <XAxis dataKey="week" tickLine={false} />
            <YAxis allowDecimals={false} tickLine={false} axisLine={false} />
            <Tooltip />
            <Legend />
            <Bar maxBarSize={48} dataKey="按时" stackId="all" fill="#20744a" isAnimationActive={false} />
            <Bar maxBarSize={48} dataKey="逾期" stackId="all" fill="#b3261e" isAnimationActive={false} />
          </BarChart>
        </ResponsiveContainer>
      </div>
      <table className="visually-hidden">
        <caption>每周按时与逾期件数</caption>
        <thead>
          <tr>
            <th>周（周一）</th>
            <th>按时</th>
            <th>逾期</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.whole}>
              <td>{row.whole}</td>
              <td>{row.按时}</td>
              <td>{row.逾期}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  );
}
