import { Select } from "antd";
import { lazy, Suspense } from "react";
import { idOf } from "@/api/client";
import { accessOf } from "@/access";
import { ArticleButton } from "@/components/article";
import { DayField } from "@/components/day-field";
import { Page } from "@/components/page";
import { Answer, Empty, Loading } from "@/components/states";
import { useSession } from "@/session/session";
import { useAddress } from "@/shared/address";
import { useNames, usePersons, useUnits } from "@/shared/names";
import { Breakdown } from "./components/breakdown";
import { Summary } from "./components/summary";
import { type Efficiency as Found, filterFrom, type Measure, openedFrom, useEfficiency } from "./service";

const Weeks = lazy(() => import("./components/weeks"));
const Items = lazy(() => import("./components/items"));

/** How well limits are kept: by rule, by unit, by week. Every number opens the list behind it. */
export default function Efficiency() {
  const [search, set] = useAddress();
  const { me } = useSession();
  const all = accessOf(me.permissions ?? []).may("documents:document:supervise");
  const mine = usePersons().data?.find((each) => idOf(each.name ?? "") === idOf(me.person ?? ""))?.unit ?? "";
  const names = useNames();
  const units = useUnits().data ?? [];
  const filter = filterFrom(search, all ? "" : idOf(mine));
  const opened = openedFrom(search, filter.unit);
  const query = useEfficiency(filter);
  const open = (measure: Measure, more: { rule?: string; of?: string } = {}) => {
    set({ list: measure.replace("MEASURE_", "").toLowerCase(), rule: more.rule ?? "", of: more.of ?? "" });
  };
  return (
    <Page title="效能">
      <div className="filters efficiency-filters" role="search">
        {all && (
          <Select aria-label="科室" value={filter.unit} onChange={(unit: string) => { set({ unit, of: "" }); }} options={[{ value: "", label: "全部科室" }, ...units.map((unit) => ({ value: idOf(unit.name ?? ""), label: unit.displayName ?? "" }))]} />
        )}
        <DayField label="从" value={filter.first} max={filter.last} clearable={false} onChange={(from) => { set({ from }); }} />
        <DayField label="至" value={filter.last} min={filter.first} clearable={false} onChange={(last) => { set({ to: last }); }} />
      </div>
      <Answer query={query} rows={8}>
        {(found) => <Whole found={found} names={names} open={open} />}
      </Answer>
      {opened && (
        <Suspense fallback={<Loading />}>
          <Items filter={filter} opened={opened} names={names} close={() => { set({ list: "", rule: "", of: "" }); }} />
        </Suspense>
      )}
    </Page>
  );
}

interface WholeProps {
  found: Found;
  names: ReturnType<typeof useNames>;
  open: (measure: Measure, more?: { rule?: string; of?: string }) => void;
}

function Whole({ found, names, open }: WholeProps) {
  const rules = found.rules ?? [];
  if (rules.length === 0) return <Empty text="这段时间没有计时的事项。" />;
  const units = found.units ?? [];
  return (
    <>
      <section className="card" aria-label="总体">
        <Summary found={found} open={(measure) => { open(measure); }} />
      </section>
      {(found.weeks ?? []).length > 0 && (
        <section className="card" aria-label="每周趋势">
          <h2>每周趋势</h2>
          <Suspense fallback={<Loading />}>
            <Weeks weeks={found.weeks ?? []} />
          </Suspense>
        </section>
      )}
      <section className="card" aria-label="按规定">
        <h2>按时限规定（逾期多、用时多的在前）</h2>
        <Breakdown
          caption="各项时限规定的件数"
          head="时限"
          open={(measure, rule) => { open(measure, { rule }); }}
          lines={rules.map((each) => ({
            key: each.rule ?? "",
            counts: each.counts ?? {},
            head: (
              <>
                {each.label} <ArticleButton citation={each.citation} />
              </>
            ),
          }))}
        />
      </section>
      {units.length > 0 && (
        <section className="card" aria-label="按科室">
          <h2>按科室</h2>
          <Breakdown
            caption="各科室的件数"
            head="科室"
            open={(measure, of) => { open(measure, { of }); }}
            lines={units.map((each) => ({ key: each.unit ?? "", counts: each.counts ?? {}, head: names.unit(each.unit) || "未分科室" }))}
          />
        </section>
      )}
    </>
  );
}
