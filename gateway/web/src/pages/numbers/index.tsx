import { useInfiniteQuery, useQuery, type UseQueryResult } from "@tanstack/react-query";
import { AutoComplete, InputNumber, Tag } from "antd";
import { Link } from "react-router";
import { accessOf } from "@/access";
import { answer, api, idOf, type Schemas } from "@/api/client";
import { Refusal } from "@/api/refusal";
import { ActionBar } from "@/components/form/action-bar";
import { More } from "@/components/more";
import { Page } from "@/components/page";
import { Answer, Empty, RefusedView } from "@/components/states";
import { Table } from "@/components/table";
import { to } from "@/paths";
import { useSession } from "@/session/session";
import { useAddress } from "@/shared/address";
import { useNames } from "@/shared/names";
import { localOf, moment } from "@/shared/time";
import { makeVoid, reserve, type Series, takeOver } from "./actions";

type DocumentNumber = Schemas["xiaoneng.documents.v1.DocumentNumber"];

const STATES: Record<NonNullable<DocumentNumber["state"]>, string> = {
  NUMBER_STATE_UNSPECIFIED: "",
  NUMBER_STATE_ISSUED: "已使用",
  NUMBER_STATE_RESERVED: "预留",
  NUMBER_STATE_VOID: "已作废",
  NUMBER_STATE_IMPORTED: "原系统已用",
};
const FIRST_YEAR = 1949;
const LAST_YEAR = 2200;

/** The series that documents of the office carry, as far as the newest ones tell. */
function useSeries() {
  return useQuery({
    queryKey: ["documents", "list", "series"],
    queryFn: async () => {
      const found = (await answer(api.GET("/v1/documents", { params: { query: { kind: "DOCUMENT_KIND_OUTGOING", pageSize: 200 } } }))).documents ?? [];
      return [...new Set(found.map(({ documentNumber = "" }) => documentNumber.split("〔")[0] ?? "").filter(Boolean))];
    },
  });
}

/** The numbers of outgoing documents: which is used for what, which is kept, which is void. */
export default function Numbers() {
  const { may } = accessOf(useSession().me.permissions ?? []);
  if (!may("documents:number:manage")) return <RefusedView refusal={new Refusal(403, "FORBIDDEN", "您没有管理文号的权限，需要时请联系本单位的系统管理员。")} />;
  return <Ledger />;
}

function Ledger() {
  const [search, set] = useAddress();
  const known = useSeries().data ?? [];
  const year = Number(search.get("year")) || Number(localOf(new Date().toISOString()).day.slice(0, 4));
  const chosen: Series = { series: search.get("series") ?? known[0] ?? "", year };
  return (
    <Page title="文号管理" actions={<ActionBar key={JSON.stringify(chosen)} of={JSON.stringify(chosen)} actions={{ reserve: reserve(chosen), takeOver: takeOver(chosen) }} offered={["reserve", "takeOver"]} allowed={["reserve", "takeOver"]} primary />}>
      <div className="filters" role="search">
        <AutoComplete
          key={chosen.series}
          aria-label="发文机关代字"
          placeholder="发文机关代字"
          defaultValue={chosen.series}
          options={known.map((value) => ({ value }))}
          onSelect={(series: string) => { set({ series }); }}
          onBlur={(event) => { set({ series: (event.target as HTMLInputElement).value.trim() || undefined }); }}
        />
        <InputNumber controls={false} aria-label="年份" min={FIRST_YEAR} max={LAST_YEAR} precision={0} value={year} onChange={(value) => { set({ year: value ? String(value) : undefined }); }} />
      </div>
      {chosen.series ? <Rows chosen={chosen} /> : <Empty text="填写发文机关代字，即发文字号中“〔”之前的部分。" />}
    </Page>
  );
}

function Rows({ chosen: { series, year } }: { chosen: Series }) {
  const names = useNames();
  const query = useInfiniteQuery({
    queryKey: ["documentNumbers", "list", series, year],
    initialPageParam: "",
    queryFn: ({ pageParam }) => answer(api.GET("/v1/documentNumbers", { params: { query: { series, year, pageToken: pageParam } } })),
    getNextPageParam: (last) => last.nextPageToken || undefined,
  });
  const rows = query.data?.pages.flatMap(({ numbers }) => numbers ?? []);
  return (
    <>
      <Answer query={{ ...query, data: rows } as UseQueryResult<DocumentNumber[]>} rows={8} empty={{ when: (found) => found.length === 0, show: <Empty text={`${series}〔${String(year)}〕还没有发出文号。`} /> }}>
        {(found) => (
          <Table
            caption="文号"
            rows={found}
            keyOf={({ number }) => number ?? ""}
            columns={[
              { head: "文号", number: true, cell: ({ number }) => number },
              { head: "状态", cell: ({ state }) => <Tag>{STATES[state ?? "NUMBER_STATE_UNSPECIFIED"]}</Tag> },
              { head: "文件", cell: ({ document }) => document && <Link to={to("document", { document: idOf(document) })}>打开文件</Link> },
              { head: "经办人", cell: ({ person }) => names.person(person) },
              { head: "时间", number: true, cell: ({ changeTime }) => moment(changeTime) },
              { head: "说明", cell: ({ reason }) => reason },
              { head: "操作", cell: ({ number = "", state }) => <div className="row-acts"><ActionBar of={number} actions={{ makeVoid: makeVoid(number) }} offered={["makeVoid"]} allowed={state === "NUMBER_STATE_RESERVED" ? ["makeVoid"] : []} /></div> },
            ]}
          />
        )}
      </Answer>
      <More query={query} />
    </>
  );
}
