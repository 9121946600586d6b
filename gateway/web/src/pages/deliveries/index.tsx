import { useInfiniteQuery } from "@tanstack/react-query";
import { Select, Tag } from "antd";
import type { UseQueryResult } from "@tanstack/react-query";
import { answer, api, idOf, type Schemas } from "@/api/client";
import { AdminPage } from "@/components/admin/admin-page";
import { ArticleButton } from "@/components/article";
import { CLEAR } from "@/components/clear";
import { More } from "@/components/more";
import { Answer, Empty } from "@/components/states";
import { Table } from "@/components/table";
import { Tabs } from "@/components/tabs";
import { PATHS } from "@/paths";
import { useAddress } from "@/shared/address";
import { useNames, usePersons } from "@/shared/names";
import { moment } from "@/shared/time";
import { MESSAGE_KINDS } from "@/shared/words";

type State = Schemas["xiaoneng.notifications.v1.DeliveryState"];
type Delivery = Schemas["xiaoneng.notifications.v1.Delivery"];
type Message = Schemas["xiaoneng.notifications.v1.Message"];

const STATES: Record<State, string> = {
  DELIVERY_STATE_UNSPECIFIED: "全部状态",
  DELIVERY_STATE_PENDING: "等待投递",
  DELIVERY_STATE_DELIVERED: "已送达",
  DELIVERY_STATE_FAILED: "未能送达",
  DELIVERY_STATE_NO_ADDRESS: "没有联系方式",
};
const CHANNELS: Record<string, string> = { CHANNEL_IN_APP: "系统内", CHANNEL_ROBOT: "工作群机器人", CHANNEL_MAIL: "电子邮件" };
const TABS = [
  { key: "deliveries", label: "投递记录" },
  { key: "unreached", label: "无人可送的消息" },
] as const;

/** Which message reached whom, by which way; and what reached nobody. */
export default function Deliveries() {
  const [search, set] = useAddress();
  const chosen = TABS.find(({ key }) => key === search.get("tab"))?.key ?? "deliveries";
  return (
    <AdminPage section={PATHS.deliveries} title="投递记录">
      <Tabs label="投递记录" tabs={[...TABS]} chosen={chosen} choose={(tab) => { set({ tab }); }} />
      {chosen === "deliveries" ? <Sent /> : <Unreached />}
    </AdminPage>
  );
}

function Sent() {
  const [search, set] = useAddress();
  const state = (search.get("state") ?? "DELIVERY_STATE_UNSPECIFIED") as State;
  const person = search.get("person") ?? "";
  const names = useNames();
  const persons = usePersons().data ?? [];
  const query = useInfiniteQuery({
    queryKey: ["deliveries", "list", state, person],
    initialPageParam: "",
    queryFn: ({ pageParam }) => answer(api.GET("/v1/deliveries", { params: { query: { state, person, pageToken: pageParam } } })),
    getNextPageParam: (last) => last.nextPageToken || undefined,
  });
  const rows = query.data?.pages.flatMap(({ deliveries }) => deliveries ?? []);
  return (
    <>
      <div className="filters audit-filters" role="search">
        <Select
          allowClear={CLEAR}
          showSearch={{ optionFilterProp: "label" }}
          aria-label="收件人"
          placeholder="全部人员"
          value={person || undefined}
          onChange={(value?: string) => { set({ person: value }); }}
          options={persons.map(({ name = "", displayName = "" }) => ({ value: idOf(name), label: displayName }))}
        />
        <Select aria-label="状态" value={state} onChange={(value: State) => { set({ state: value === "DELIVERY_STATE_UNSPECIFIED" ? "" : value }); }} options={Object.entries(STATES).map(([value, label]) => ({ value: value as State, label }))} />
      </div>
      <Answer query={{ ...query, data: rows } as UseQueryResult<Delivery[]>} rows={8} empty={{ when: (found) => found.length === 0, show: <Empty text="没有符合条件的投递。" /> }}>
        {(found) => (
          <Table
            caption="投递记录"
            rows={found}
            keyOf={({ message, person: to, channel }) => `${message ?? ""}/${to ?? ""}/${channel ?? ""}`}
            columns={[
              { head: "收件人", cell: (each) => names.person(each.person) },
              { head: "种类", cell: ({ kind }) => MESSAGE_KINDS[kind ?? "MESSAGE_KIND_UNSPECIFIED"] },
              { head: "方式", cell: ({ channel }) => CHANNELS[channel ?? ""] },
              { head: "状态", cell: (each) => <Tag color={each.state === "DELIVERY_STATE_FAILED" || each.state === "DELIVERY_STATE_NO_ADDRESS" ? "red" : undefined}>{STATES[each.state ?? "DELIVERY_STATE_UNSPECIFIED"]}</Tag> },
              { head: "次数", number: true, cell: ({ attempts }) => attempts ?? 0 },
              { head: "最近一次", number: true, cell: ({ attemptTime }) => moment(attemptTime) },
              { head: "下一次", number: true, cell: ({ nextAttemptTime }) => moment(nextAttemptTime) },
              { head: "原因", cell: ({ error }) => (error ? <span lang="en">{error}</span> : null) },
            ]}
          />
        )}
      </Answer>
      <More query={query} />
    </>
  );
}

function Unreached() {
  const query = useInfiniteQuery({
    queryKey: ["messages", "list", "unreached"],
    initialPageParam: "",
    queryFn: ({ pageParam }) => answer(api.GET("/v1/deliveries:unreached", { params: { query: { pageToken: pageParam } } })),
    getNextPageParam: (last) => last.nextPageToken || undefined,
  });
  const rows = query.data?.pages.flatMap(({ messages }) => messages ?? []);
  return (
    <>
      <p className="muted">职务空缺、没有分工时，消息找不到收件人。补上职务或分工后，新的消息会照常送达。</p>
      <Answer query={{ ...query, data: rows } as UseQueryResult<Message[]>} rows={8} empty={{ when: (found) => found.length === 0, show: <Empty text="所有消息都有收件人。" /> }}>
        {(found) => (
          <Table
            caption="无人可送的消息"
            rows={found}
            keyOf={({ name }) => name ?? ""}
            columns={[
              { head: "内容", cell: ({ text, citation }) => <>{text} <ArticleButton citation={citation} /></> },
              { head: "种类", cell: ({ kind }) => MESSAGE_KINDS[kind ?? "MESSAGE_KIND_UNSPECIFIED"] },
              { head: "应送时间", number: true, cell: ({ plannedTime, createTime }) => moment(plannedTime ?? createTime) },
            ]}
          />
        )}
      </Answer>
      <More query={query} />
    </>
  );
}
