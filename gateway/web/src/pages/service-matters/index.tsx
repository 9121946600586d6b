import { useInfiniteQuery, useQuery, type UseQueryResult } from "@tanstack/react-query";
import { Checkbox, Tag } from "antd";
import { answer, api, idOf, type Schemas } from "@/api/client";
import { ArticleButton } from "@/components/article";
import { Due } from "@/components/due";
import { ActionBar } from "@/components/form/action-bar";
import { More } from "@/components/more";
import { Page } from "@/components/page";
import { Answer, Empty } from "@/components/states";
import { to } from "@/paths";
import { useSession } from "@/session/session";
import { useAddress } from "@/shared/address";
import { useNames } from "@/shared/names";
import { moment } from "@/shared/time";
import { type Matter, matterActions, offeredIn, recordContact } from "./actions";

const STATES: Record<NonNullable<Matter["state"]>, string> = {
  STATE_UNSPECIFIED: "",
  STATE_OPEN: "已登记",
  STATE_HANDED_OVER: "待接手",
  STATE_ACCEPTED: "已受理",
  STATE_ACCEPTED_INCOMPLETE: "已受理，待补材料",
  STATE_DONE: "已办结",
  STATE_REFUSED: "不予办理",
  STATE_CLOSED: "已结束",
};

type Limit = Schemas["xiaoneng.kit.v1.DeadlineView"];

/** What visitors came for: who was asked first, what they were told, who handles it until when. */
export default function ServiceMatters() {
  const [search, set] = useAddress();
  const mine = search.get("mine") === "1";
  const showEnded = search.get("ended") === "1";
  const query = useInfiniteQuery({
    queryKey: ["serviceMatters", "list", mine, showEnded],
    initialPageParam: "",
    queryFn: ({ pageParam }) => answer(api.GET("/v1/serviceMatters", { params: { query: { mine, showEnded, pageToken: pageParam } } })),
    getNextPageParam: (last) => last.nextPageToken || undefined,
  });
  const items = useItems();
  const { me } = useSession();
  const regulated = me.regulated?.includes("documents.service");
  const rows = query.data?.pages.flatMap(({ matters }) => matters ?? []);
  return (
    <Page title="窗口事项" actions={<ActionBar of="serviceMatters" actions={{ record: recordContact(items) }} offered={["record"]} allowed={["record"]} primary />}>
      <div className="form-acts">
        <Checkbox checked={mine} onChange={(event) => { set({ mine: event.target.checked ? "1" : "" }); }}>只看我的</Checkbox>
        <Checkbox checked={showEnded} onChange={(event) => { set({ ended: event.target.checked ? "1" : "" }); }}>也显示已经结束的</Checkbox>
      </div>
      <Answer query={{ ...query, data: rows } as UseQueryResult<Matter[]>} rows={8} empty={{ when: (found) => found.length === 0, show: <Empty text={regulated ? "没有在办的窗口事项。群众来访、来电时先登记，您就是首问责任人。" : "没有在办的窗口事项。本单位的制度没有规定窗口服务，导航中不列；需要时可以在这里登记。"} /> }}>
        {(found) => (
          <ul className="document-list">
            {found.map((matter) => (
              <Line key={matter.name} matter={matter} />
            ))}
          </ul>
        )}
      </Answer>
      <More query={query} />
    </Page>
  );
}

// The register of the window, as every pack names it.
const ITEMS = "service_items";

/** The items that the register of the window names. */
function useItems(): { value: string; label: string }[] {
  const query = useQuery({
    queryKey: ["registrations", "list", "items"],
    queryFn: async () => {
      const registers = (await answer(api.GET("/v1/registers"))).registers ?? [];
      const items = registers.find(({ name }) => idOf(name ?? "") === ITEMS);
      if (items === undefined) return [];
      const found = await answer(api.GET("/v1/registrations", { params: { query: { register: items.name, pageSize: 200 } } }));
      return (found.registrations ?? [])
        .filter(({ state }) => state === "STATE_ACTIVE")
        .map(({ name = "", fields }) => ({ value: name, label: fields?.find((each) => each.name === "item")?.value ?? "" }));
    },
  });
  return query.data ?? [];
}

/** The limits that run, and those that were not kept: what is done stays late. */
function limitsOf({ deadlines = [] }: Matter): Limit[] {
  return deadlines.filter(({ state, breached }) => state === "DEADLINE_STATE_OPEN" || state === "DEADLINE_STATE_SUSPENDED" || (breached && state !== "DEADLINE_STATE_SET_ASIDE"));
}

function Line({ matter }: { matter: Matter }) {
  const names = useNames();
  const open = matter.endTime === undefined;
  const pending = (matter.parts ?? []).filter(({ decideTime }) => !decideTime);
  return (
    <li>
      <div className="todo-title">{matter.title}</div>
      <Tag>{STATES[matter.state ?? "STATE_UNSPECIFIED"]}</Tag>
      <div className="todo-facts">
        {matter.visitor && <span>来访人：{matter.visitor}</span>}
        {matter.contact && <span className="number">{matter.contact}</span>}
        <span>首问责任人：{names.person(matter.firstAsked)}</span>
        {matter.handler && matter.handler !== matter.firstAsked && <span>经办人：{names.person(matter.handler)}</span>}
        {matter.handedTo && <span>引导给：{names.person(matter.handedTo)}</span>}
        {matter.departmentNamed && <span>告知：{matter.departmentNamed}</span>}
        <span className="number">{moment(matter.createTime)}登记</span>
        {matter.notice?.giveTime && <span className="number">{moment(matter.notice.giveTime)}已一次性告知</span>}
        {(matter.missingPapers ?? []).length > 0 && <span>尚缺：{matter.missingPapers?.join("、")}</span>}
        {pending.length > 0 && <span>待审批：{pending.map(({ unit }) => names.unit(unit)).join("、")}</span>}
        {matter.result && <span>结果：{matter.result}</span>}
        {matter.reason && <span>理由：{matter.reason}</span>}
      </div>
      {limitsOf(matter).map((limit) => (
        <div key={limit.name} className="limit">
          <Due
            dueTime={limit.dueTime}
            overdue={limit.breached}
            provisional={limit.provisional}
            label={limit.label}
            explained={to("deadline", { deadline: idOf(limit.name ?? "") })}
          />
          {limit.state === "DEADLINE_STATE_LATE" && <Tag color="red">{moment(limit.endTime)}才办</Tag>}
          <ArticleButton citation={limit.citation} />
        </div>
      ))}
      {(matter.findings ?? []).map((finding) => (
        <div key={`${finding.reason ?? ""}/${finding.findTime ?? ""}`} className="finding">
          <strong>{finding.text}</strong> <span className="muted number">{moment(finding.findTime)}</span> <ArticleButton citation={finding.citation} />
        </div>
      ))}
      {open && (
        <div className="row-acts">
          <ActionBar of={matter.name ?? ""} actions={matterActions(matter)} offered={offeredIn(matter)} allowed={offeredIn(matter)} />
        </div>
      )}
    </li>
  );
}
