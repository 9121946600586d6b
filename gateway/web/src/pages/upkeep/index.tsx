import type { UseQueryResult } from "@tanstack/react-query";
import { Tag } from "antd";
import { Link } from "react-router";
import { accessOf } from "@/access";
import { idOf } from "@/api/client";
import { AdminPage } from "@/components/admin/admin-page";
import { kindWord } from "@/components/admin/audit-words";
import { ActionBar } from "@/components/form/action-bar";
import { More } from "@/components/more";
import { Answer, Empty } from "@/components/states";
import { Table } from "@/components/table";
import { Tabs } from "@/components/tabs";
import { PATHS, to } from "@/paths";
import { useSession } from "@/session/session";
import { useAddress } from "@/shared/address";
import { moment } from "@/shared/time";
import { type DeadLetter, replay, RETRY, type Service, SERVICES, type StuckDeadline, useDeadLetters, useStuck } from "./service";

type Tab = Service | "deadlines";
const WORDS: Record<string, string> = Object.fromEntries(SERVICES.map(({ key, label }) => [key, label]));

/** What the platform could not do by itself: events that nobody could handle, limits that could not be fired. */
export default function Upkeep() {
  const [search, set] = useAddress();
  const access = accessOf(useSession().me.permissions ?? []);
  const services = SERVICES.filter(({ key }) => access.may(`${key}:upkeep:read`));
  const tabs: { key: Tab; label: string }[] = [
    ...services.map(({ key, label }) => ({ key, label: `${label}事件` })),
    ...(access.may("documents:upkeep:read") ? [{ key: "deadlines" as const, label: "未触发的时限" }] : []),
  ];
  const chosen = tabs.find(({ key }) => key === search.get("tab"))?.key ?? tabs[0]?.key ?? "documents";
  return (
    <AdminPage section={PATHS.upkeep} title="异常处理">
      <Tabs label="异常处理" tabs={tabs} chosen={chosen} choose={(tab) => { set({ tab }); }} />
      {chosen === "deadlines" ? <Stuck repair={access.may("documents:upkeep:repair")} /> : <Dead key={chosen} service={chosen} repair={access.may(`${chosen}:upkeep:repair`)} />}
    </AdminPage>
  );
}

function Dead({ service, repair }: { service: Service; repair: boolean }) {
  const query = useDeadLetters(service);
  const rows = query.data?.pages.flatMap(({ deadLetters }) => deadLetters ?? []);
  return (
    <>
      <p className="muted">反复处理仍未成功的事件列在这里，对应的待办、消息可能缺失。排除原因后重新投递；原因不明的，请把技术信息交给运维人员。</p>
      <Answer query={{ ...query, data: rows } as UseQueryResult<DeadLetter[]>} rows={6} empty={{ when: (found) => found.length === 0, show: <Empty text="没有未能处理的事件。" /> }}>
        {(found) => (
          <>
            {repair && (
              <div className="form-acts">
                <ActionBar of={service} actions={{ all: replay(service, [], "全部重新投递") }} offered={["all"]} allowed={["all"]} />
              </div>
            )}
            <Table
              caption="未能处理的事件"
              rows={found}
              keyOf={({ event, consumer }) => `${event ?? ""}/${consumer ?? ""}`}
              columns={[
                { head: "处理方", cell: ({ source, consumer }) => `${WORDS[consumer ?? ""] ?? consumer ?? ""}（来自${WORDS[source ?? ""] ?? source ?? ""}）` },
                { head: "涉及", cell: ({ subject }) => <Subject name={subject ?? ""} /> },
                { head: "放弃时间", number: true, cell: ({ deathTime }) => moment(deathTime) },
                { head: "技术信息", cell: ({ type, reason }) => <span className="technical" lang="en">{type}<br />{reason}</span> },
                { head: "操作", cell: (each) => (each.replayRequestTime ? <Tag>正在重新投递</Tag> : repair && <div className="row-acts"><ActionBar of={each.event ?? ""} actions={{ one: replay(service, [each.event ?? ""], "重新投递") }} offered={["one"]} allowed={["one"]} /></div>) },
              ]}
            />
          </>
        )}
      </Answer>
      <More query={query} />
    </>
  );
}

function Stuck({ repair }: { repair: boolean }) {
  const query = useStuck();
  const rows = query.data?.pages.flatMap(({ stuckDeadlines }) => stuckDeadlines ?? []);
  return (
    <>
      <p className="muted">到时未能触发提醒、督办的时限列在这里，不影响其他时限；系统会自动再试。</p>
      <Answer query={{ ...query, data: rows } as UseQueryResult<StuckDeadline[]>} rows={6} empty={{ when: (found) => found.length === 0, show: <Empty text="所有时限都正常触发。" /> }}>
        {(found) => (
          <>
            {repair && (
              <div className="form-acts">
                <ActionBar of="stuck" actions={{ retry: RETRY }} offered={["retry"]} allowed={["retry"]} />
              </div>
            )}
            <Table
              caption="未触发的时限"
              rows={found}
              keyOf={({ deadline }) => deadline ?? ""}
              columns={[
                { head: "时限", cell: ({ deadline }) => <Link to={to("deadline", { deadline: idOf(deadline ?? "") })}>查看时限</Link> },
                { head: "开始异常", number: true, cell: ({ stuckTime }) => moment(stuckTime) },
                { head: "已试次数", number: true, cell: ({ attempts }) => attempts ?? 0 },
                { head: "下次重试", number: true, cell: ({ nextAttemptTime }) => moment(nextAttemptTime) },
                { head: "技术信息", cell: ({ reason }) => <span className="technical" lang="en">{reason}</span> },
              ]}
            />
          </>
        )}
      </Answer>
      <More query={query} />
    </>
  );
}

function Subject({ name }: { name: string }) {
  const [kind = "", id = ""] = name.split("/");
  if (kind === "documents" && id) return <Link to={to("document", { document: id })}>公文</Link>;
  return <>{kindWord(name) || "—"}</>;
}
