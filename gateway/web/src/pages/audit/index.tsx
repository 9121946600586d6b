import type { UseQueryResult } from "@tanstack/react-query";
import { Input, Select } from "antd";
import { Link } from "react-router";
import { accessOf } from "@/access";
import { idOf } from "@/api/client";
import { AdminPage } from "@/components/admin/admin-page";
import { actWord, kindWord } from "@/components/admin/audit-words";
import { CLEAR } from "@/components/clear";
import { DayField } from "@/components/day-field";
import { More } from "@/components/more";
import { Answer, Empty } from "@/components/states";
import { Table } from "@/components/table";
import { Tabs } from "@/components/tabs";
import { PATHS, to } from "@/paths";
import { useSession } from "@/session/session";
import { useAddress } from "@/shared/address";
import { useNames, usePersons } from "@/shared/names";
import { fullMoment, instantOf } from "@/shared/time";
import { Verification } from "./components/verification";
import { type AuditRecord, SERVICES, useRecords } from "./service";

const LAST_MINUTE = "23:59";

/** Who did what, when, under which article; and whether the records are whole. */
export default function Audit() {
  const [search, set] = useAddress();
  const { me } = useSession();
  const access = accessOf(me.permissions ?? []);
  const tabs = SERVICES.filter(({ key }) => access.may(`${key}:audit:read`));
  const service = tabs.find(({ key }) => key === search.get("service"))?.key ?? tabs[0]?.key ?? "documents";
  const [from, until] = [search.get("from") ?? "", search.get("until") ?? ""];
  const [person, subject] = [search.get("person") ?? "", search.get("subject") ?? ""];
  const names = useNames();
  const persons = usePersons().data ?? [];
  return (
    <AdminPage section={PATHS.audit} title="操作记录">
      <Tabs label="操作记录" tabs={[...tabs]} chosen={service} choose={(key) => { set({ service: key }); }} />
      <Verification key={service} service={service} />
      <div className="filters audit-filters" role="search">
        <Select
          allowClear={CLEAR}
          showSearch={{ optionFilterProp: "label" }}
          aria-label="办理人"
          placeholder="全部人员"
          value={person || undefined}
          onChange={(value?: string) => { set({ person: value }); }}
          options={persons.map(({ name = "", displayName = "" }) => ({ value: idOf(name), label: displayName }))}
        />
        <DayField label="从" value={from} max={until} onChange={(day) => { set({ from: day }); }} />
        <DayField label="至" value={until} min={from} onChange={(day) => { set({ until: day }); }} />
        <Input.Search allowClear={CLEAR} defaultValue={subject} aria-label="对象" placeholder="粘贴文件页面的地址" onSearch={(text) => { set({ subject: subjectIn(text) }); }} />
      </div>
      <Records
        filter={{ service, person, subject, from: from ? instantOf(from, "00:00") : undefined, until: until ? instantOf(until, LAST_MINUTE) : undefined }}
        names={names}
      />
    </AdminPage>
  );
}

function Records({ filter, names }: { filter: Parameters<typeof useRecords>[0]; names: ReturnType<typeof useNames> }) {
  const query = useRecords(filter);
  const rows = query.data?.pages.flatMap(({ records }) => records ?? []);
  return (
    <>
      <Answer query={{ ...query, data: rows } as UseQueryResult<AuditRecord[]>} rows={10} empty={{ when: (found) => found.length === 0, show: <Empty text="没有符合条件的操作。" /> }}>
        {(found) => (
          <Table
            caption="操作记录"
            rows={found}
            keyOf={({ id }) => id ?? ""}
            columns={[
              { head: "时间", number: true, cell: ({ actTime }) => fullMoment(actTime) },
              { head: "办理人", cell: (each) => <>{names.person(each.person) || each.person}{each.onBehalfOf && <span className="muted">（代{names.person(each.onBehalfOf)}）</span>}</> },
              { head: "操作", cell: ({ act }) => actWord(act ?? "") },
              { head: "对象", cell: ({ subject }) => <Subject name={subject ?? ""} names={names} /> },
              { head: "序号", number: true, cell: ({ position }) => (Number(position ?? 0) > 0 ? String(position) : <span className="muted">待封存</span>) },
            ]}
          />
        )}
      </Answer>
      <More query={query} />
    </>
  );
}

function Subject({ name, names }: { name: string; names: ReturnType<typeof useNames> }) {
  const [kind = "", id = ""] = name.split("/");
  if (kind === "documents" && id) return <Link to={to("document", { document: id })}>公文</Link>;
  if (kind === "persons") return <>人员：{names.person(id)}</>;
  if (kind === "units") return <>科室：{names.unit(id)}</>;
  if (kind === "packs") return <Link to={to("pack", { pack: id, version: name.split("/")[3] ?? "1" })}>制度</Link>;
  return <>{kindWord(name)}</>;
}

/** The name of a document in the address of its page; anything else as it is. */
function subjectIn(text: string): string {
  const found = /documents\/[0-9a-f-]{36}/.exec(text);
  return found ? found[0] : text.trim();
}
