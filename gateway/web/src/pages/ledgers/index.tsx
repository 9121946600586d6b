import { Button, Select } from "antd";
import { lazy, Suspense } from "react";
import { accessOf } from "@/access";
import { LedgerFilters } from "@/components/ledger-filters";
import { More } from "@/components/more";
import { Page } from "@/components/page";
import { Answer, Empty, RefusalAlert } from "@/components/states";
import { Tabs } from "@/components/tabs";
import { useSession } from "@/session/session";
import { useAddress } from "@/shared/address";
import { filterFrom, type LedgerFilter, NARROWING, type Order, searchOf, type View } from "@/shared/ledger";
import { ordersOf, shownOf, VIEWS, viewOf } from "./columns";
import { ChooseColumns } from "./components/choose-columns";
import { LedgerTable } from "./components/ledger-table";
import { SavedViews } from "./components/saved-views";
import { useExportNow, useLedger, WAITED_FOR } from "./service";

const Exports = lazy(() => import("./components/exports"));

const FIRST = { usual: ["text", "state", "unit", "overdue"], supervised: ["text", "ledgerState", "unit", "overdue"] } as const;
const MORE = {
  usual: ["documentType", "documentClass", "sender", "number", "person", "period"],
  supervised: ["kind", "documentType", "documentClass", "sender", "number", "person", "period"],
} as const;

/** What came in, went out, was submitted, has to be closed. Everything that is chosen stands in the address. */
export default function Ledgers() {
  const [search, set] = useAddress();
  const { may } = accessOf(useSession().me.permissions ?? []);
  const said = filterFrom(search);
  const view = viewOf(said);
  const orders = ordersOf(view);
  const order = orders.find(({ value }) => value === said.order)?.value ?? (orders[0]?.value as Order);
  const columns = shownOf(view, said.columns);
  // The list and the spreadsheet get the very same wish: nothing is left to what the server takes where nothing is said.
  const filter: LedgerFilter = { ...said, view, order, columns };
  const query = useLedger(filter);
  const short = (value: string, of: string) => searchOf({ [of]: value } as LedgerFilter).get(of) ?? "";
  const narrowed = NARROWING.some((name) => search.has(name));
  const drawer = search.get("exports") === "open";
  return (
    <Page title="台账" actions={may("documents:document:export") && <ExportButton filter={filter} total={query.data?.pages[0]} open={() => { set({ exports: "open" }); }} />}>
      <Tabs
        label="台账种类"
        chosen={view}
        choose={(next: View) => { set({ view: short(next, "view"), order: undefined, columns: undefined, state: undefined, ledgerState: undefined, kind: undefined }); }}
        tabs={(Object.entries(VIEWS) as [View, string][]).map(([key, label]) => ({ key, label }))}
      />
      <SavedViews filter={filter} />
      <LedgerFilters
        key={view}
        search={search}
        set={set}
        first={view === "LEDGER_VIEW_SUPERVISED" ? FIRST.supervised : FIRST.usual}
        more={view === "LEDGER_VIEW_SUPERVISED" ? MORE.supervised : MORE.usual}
        period={view === "LEDGER_VIEW_OUTGOING" || view === "LEDGER_VIEW_SUBMISSION" ? "拟稿日期" : "登记日期"}
      />
      <div className="list-head">
        <p className="muted" role="status">
          {query.data && `共${String(query.data.pages[0]?.total ?? 0)}件${query.data.pages[0]?.totalIsLeast ? "以上" : ""}`}
          {said.clause && `，依据${query.data?.pages[0]?.entries?.[0]?.citation?.article ?? "所选条款"}`}
        </p>
        <div className="page-actions">
          {narrowed && <Button type="link" onClick={() => { set(Object.fromEntries(NARROWING.map((name) => [name, undefined]))); }}>清除条件</Button>}
          <Select aria-label="排序" value={order} options={orders} onChange={(next: Order) => { set({ order: short(next, "order") }); }} />
          <ChooseColumns view={view} shown={columns} choose={(chosen) => { set({ columns: chosen ? searchOf({ columns: [...chosen] }).get("columns") ?? undefined : undefined }); }} />
        </div>
      </div>
      <Answer query={query} rows={8} empty={{ when: ({ pages }) => (pages[0]?.entries ?? []).length === 0, show: <Empty text={narrowed ? "没有符合条件的公文。" : "台账中还没有公文。"} /> }}>
        {({ pages }) => (
          <>
            <LedgerTable entries={pages.flatMap((page) => page.entries ?? [])} view={view} columns={columns} order={order} sort={(next) => { set({ order: short(next, "order") }); }} />
            <More query={query} />
          </>
        )}
      </Answer>
      {drawer && (
        <Suspense>
          <Exports filter={filter} close={() => { set({ exports: undefined }); }} />
        </Suspense>
      )}
    </Page>
  );
}

interface ExportButtonProps {
  filter: LedgerFilter;
  total: { total?: number; totalIsLeast?: boolean } | undefined;
  open: () => void;
}

/** Exactly what is shown as a spreadsheet: at once where it is short, else in the background. */
function ExportButton({ filter, total, open }: ExportButtonProps) {
  const now = useExportNow(`${VIEWS[viewOf(filter)]}.xlsx`);
  const long = total?.totalIsLeast === true || (total?.total ?? 0) > WAITED_FOR;
  return (
    <>
      <Button type="primary" loading={now.isPending} disabled={!total?.total} onClick={() => { if (long) open(); else now.mutate(filter); }}>
        导出表格
      </Button>
      <Button onClick={open}>后台导出</Button>
      {now.isError && <RefusalAlert error={now.error} />}
    </>
  );
}
