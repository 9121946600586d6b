import { useQuery } from "@tanstack/react-query";
import { Tag } from "antd";
import { accessOf } from "@/access";
import { answer, api, idOf } from "@/api/client";
import { ActionBar } from "@/components/form/action-bar";
import type { Action } from "@/components/form/action-dialog";
import { text } from "@/components/form/fields";
import { Grants, LEND_UNIT } from "@/components/grants";
import { Page } from "@/components/page";
import { Answer, Empty } from "@/components/states";
import { Tabs } from "@/components/tabs";
import { useSession } from "@/session/session";
import { useAddress } from "@/shared/address";
import { instantFrom } from "@/shared/moments";
import { useNames } from "@/shared/names";
import { moment } from "@/shared/time";

const TOUCHES = ["delegations", "todos", "session"];

const GIVE: Action = {
  label: "授权代办",
  note: "期间对方可以代您办理待办事项，记录会写明由谁代办；可以随时收回。制度要求本人办理的除外。",
  touches: TOUCHES,
  fields: [
    { name: "delegate", label: "授权给", kind: "person", required: true },
    { name: "validFromTime", label: "开始时间", kind: "moment", half: true, help: "不填则立即开始" },
    { name: "validUntilTime", label: "结束时间", kind: "moment", required: true, half: true },
  ],
  send: (values, header) =>
    answer(
      api.POST("/v1/delegations", {
        params: { header },
        body: {
          delegation: {
            delegate: `persons/${text(values, "delegate")}`,
            validFromTime: instantFrom(values.validFromTime),
            validUntilTime: instantFrom(values.validUntilTime) ?? "",
          },
        },
      }),
    ),
};

function takeBack(name: string): Action {
  return {
    label: "收回",
    note: "立即生效；已经代办的保留。收回后可以重新授权。",
    touches: TOUCHES,
    fields: [],
    send: (_, header) => answer(api.POST("/v1/delegations/{delegation}:revoke", { params: { path: { delegation: idOf(name) }, header }, body: {} })),
  };
}

const TABS = [
  { key: "acting", label: "代办" },
  { key: "given", label: "我授权查阅" },
  { key: "received", label: "授权我查阅" },
] as const;

/** Who acts for me while I am away, and for whom I act; who may see what because somebody said so. */
export default function Delegations() {
  const [search, set] = useAddress();
  const { me } = useSession();
  const chosen = TABS.find(({ key }) => key === search.get("tab"))?.key ?? "acting";
  const lends = accessOf(me.permissions ?? []).may("documents:access:grant");
  const actions: Record<string, Action> = chosen === "acting" ? { give: GIVE } : { lend: LEND_UNIT };
  return (
    <Page title="授权代办" actions={<ActionBar key={chosen} of="delegations" actions={actions} offered={["give", "lend"]} allowed={chosen === "given" && !lends ? [] : chosen === "received" ? [] : ["give", "lend"]} primary />}>
      <Tabs label="授权" tabs={[...TABS]} chosen={chosen} choose={(tab) => { set({ tab: tab === "acting" ? undefined : tab }); }} />
      {chosen === "acting" && <Acting />}
      {chosen === "given" && <Grants scope="GRANT_SCOPE_GIVEN" empty="没有授权他人查阅。单份文件在文件页面的“查阅授权”中授权。" />}
      {chosen === "received" && <Grants scope="GRANT_SCOPE_RECEIVED" empty="没有他人授权您查阅的文件。" />}
    </Page>
  );
}

function Acting() {
  const { person } = useSession();
  const names = useNames();
  const query = useQuery({
    queryKey: ["delegations", "list", "all"],
    queryFn: async () => (await answer(api.GET("/v1/delegations", { params: { query: { pageSize: 200, showEnded: true } } }))).delegations ?? [],
  });
  return (
    <Answer query={query} empty={{ when: (rows) => rows.length === 0, show: <Empty text="还没有授权。请假、出差期间可以授权同事代为办理。" /> }}>
      {(rows) => (
        <ul className="document-list">
          {[...rows]
            .sort((a, b) => (b.validUntilTime ?? "").localeCompare(a.validUntilTime ?? ""))
            .map(({ name = "", delegator, delegate, validFromTime, validUntilTime }) => {
              const mine = idOf(delegator ?? "") === person;
              return (
                <li key={name}>
                  <div>
                    <strong>{mine ? `由${names.person(delegate)}代我办理` : `${names.person(delegate)}代${names.person(delegator)}办理`}</strong>
                    <div className="muted number">
                      {moment(validFromTime)} 至 {moment(validUntilTime)}
                    </div>
                  </div>
                  {new Date(validUntilTime ?? "").getTime() <= Date.now() ? <Tag>已结束</Tag> : mine ? <ActionBar of={name} actions={{ back: takeBack(name) }} offered={["back"]} allowed={["back"]} /> : <Tag>代办</Tag>}
                </li>
              );
            })}
        </ul>
      )}
    </Answer>
  );
}
