import { useInfiniteQuery, type UseQueryResult } from "@tanstack/react-query";
import { Checkbox, Select, Tag } from "antd";
import { Link } from "react-router";
import { accessOf } from "@/access";
import { answer, api, idOf, type Schemas } from "@/api/client";
import { ArticleButton } from "@/components/article";
import { CLEAR } from "@/components/clear";
import { Due } from "@/components/due";
import { FIELD } from "@/components/form/about";
import { ActionBar } from "@/components/form/action-bar";
import type { Action } from "@/components/form/action-dialog";
import { list, text } from "@/components/form/fields";
import { More } from "@/components/more";
import { Page } from "@/components/page";
import { Answer, Empty } from "@/components/states";
import { to } from "@/paths";
import { useSession } from "@/session/session";
import { useAddress } from "@/shared/address";
import { instantFrom } from "@/shared/moments";
import { useNames, useUnits } from "@/shared/names";
import { moment } from "@/shared/time";

type Entry = Schemas["xiaoneng.documents.v1.IssueEntry"];
type State = Schemas["xiaoneng.documents.v1.IssueState"];

const TOUCHES = ["issueEntries", "todos"];
const STATES: Record<State, string> = {
  ISSUE_STATE_UNSPECIFIED: "全部状态",
  ISSUE_STATE_OPEN: "待送审",
  ISSUE_STATE_DELIVERED: "已送审",
  ISSUE_STATE_ISSUED: "已印发",
  ISSUE_STATE_CLOSED: "已销号",
};

/** The documents that the office has to issue: from superiors and from meetings, closed one by one. */
export default function IssueList() {
  const [search, set] = useAddress();
  const state = (search.get("state") ?? "ISSUE_STATE_UNSPECIFIED") as State;
  const leadUnit = search.get("unit") ?? "";
  const overdueOnly = search.get("overdue") === "1";
  const { me } = useSession();
  const manage = accessOf(me.permissions ?? []).may("documents:issue_list:manage");
  const regulated = me.regulated?.includes("documents.issue_entry");
  const units = useUnits().data ?? [];
  const query = useInfiniteQuery({
    queryKey: ["issueEntries", "list", state, leadUnit, overdueOnly],
    initialPageParam: "",
    queryFn: ({ pageParam }) => answer(api.GET("/v1/issueEntries", { params: { query: { state, leadUnit, overdueOnly, pageToken: pageParam } } })),
    getNextPageParam: (last) => last.nextPageToken || undefined,
  });
  const rows = query.data?.pages.flatMap(({ entries }) => entries ?? []);
  return (
    <Page title="发文清单" actions={manage && <ActionBar of="issueEntries" actions={{ add: ADD, meeting: MEETING }} offered={["add", "meeting"]} allowed={["add", "meeting"]} primary />}>
      <div className="filters" role="search">
        <Select
          allowClear={CLEAR}
          showSearch={{ optionFilterProp: "label" }}
          aria-label="牵头单位"
          placeholder="全部牵头单位"
          value={leadUnit || undefined}
          onChange={(unit?: string) => { set({ unit }); }}
          options={units.map(({ name = "", displayName = "" }) => ({ value: idOf(name), label: displayName }))}
        />
        <Select aria-label="状态" value={state} onChange={(value: State) => { set({ state: value === "ISSUE_STATE_UNSPECIFIED" ? "" : value }); }} options={Object.entries(STATES).map(([value, label]) => ({ value: value as State, label }))} />
        <Checkbox checked={overdueOnly} onChange={(event) => { set({ overdue: event.target.checked ? "1" : "" }); }}>
          只看逾期
        </Checkbox>
      </div>
      <Answer query={{ ...query, data: rows } as UseQueryResult<Entry[]>} rows={8} empty={{ when: (found) => found.length === 0, show: <Empty text={regulated ? "清单中没有符合条件的事项。上级来文要求贯彻落实、会议决定印发的，列入清单逐项销号。" : "清单中没有符合条件的事项。本单位的制度没有规定发文清单，导航中不列；需要时可以在这里列入。"} /> }}>
        {(found) => (
          <ul className="document-list">
            {found.map((entry) => (
              <Line key={entry.name} entry={entry} manage={manage} />
            ))}
          </ul>
        )}
      </Answer>
      <More query={query} />
    </Page>
  );
}

function Line({ entry, manage }: { entry: Entry; manage: boolean }) {
  const names = useNames();
  const open = entry.state !== "ISSUE_STATE_CLOSED";
  const limit = entry.deadlines?.find(({ state }) => state === "DEADLINE_STATE_OPEN" || state === "DEADLINE_STATE_OVERDUE");
  return (
    <li>
      <div className="todo-title">{entry.title}</div>
      <Tag>{STATES[entry.state ?? "ISSUE_STATE_UNSPECIFIED"]}</Tag>
      <div className="todo-facts">
        <span>{entry.origin === "ISSUE_ORIGIN_MEETING" ? `会议决定：${entry.meeting ?? ""}` : "贯彻上级来文"}</span>
        {entry.superiorDocument && <Link to={to("document", { document: idOf(entry.superiorDocument) })}>{entry.superiorNumber || "来文"}</Link>}
        <span>{names.unit(entry.leadUnit)}牵头</span>
        {entry.documentNumber && <span className="number">{entry.documentNumber}</span>}
        {entry.draft && <Link to={to("document", { document: idOf(entry.draft) })}>代拟稿</Link>}
        {(entry.pressCount ?? 0) > 0 && <span>已催办{entry.pressCount}次，最近{moment(entry.pressTime)}</span>}
        <ArticleButton citation={entry.citation} />
      </div>
      {limit && open && (
        <Link to={to("deadline", { deadline: idOf(limit.name ?? "") })}>
          <Due dueTime={limit.dueTime} overdue={limit.state === "DEADLINE_STATE_OVERDUE"} provisional={limit.provisional} />
        </Link>
      )}
      {manage && open && (
        <div className="row-acts">
          <ActionBar of={entry.name ?? ""} actions={actionsOf(entry)} offered={["press", "update", "close"]} allowed={["press", "update", "close"]} />
        </div>
      )}
    </li>
  );
}

const ADD: Action = {
  label: "列入清单",
  note: "列入后可以修改牵头单位和时限；销号后留在清单中。",
  touches: TOUCHES,
  fields: [
    { name: "title", label: "拟印发文件", kind: "text", required: true, max: 500 },
    { name: "superiorDocument", label: "上级来文", kind: "document", documents: { kind: "DOCUMENT_KIND_INCOMING" } },
    { name: "leadUnit", label: "牵头单位", kind: "unit", half: true },
    { name: "statedDueTime", label: "要求印发时间", kind: "moment", half: true },
    { name: "marks", label: "标记", kind: "codes", vocabulary: "issue_mark" },
  ],
  send: (values, header) =>
    answer(
      api.POST("/v1/issueEntries", {
        params: { header },
        body: {
          title: text(values, "title"),
          superiorDocument: text(values, "superiorDocument"),
          leadUnit: text(values, "leadUnit"),
          statedDueTime: instantFrom(values.statedDueTime),
          marks: list(values, "marks"),
        },
      }),
    ),
};

const MEETING: Action = {
  label: "记录会议决定",
  note: "会议决定印发的文件列入清单，时限从会议结束起算；记录后不能删除，可以销号。",
  touches: TOUCHES,
  fields: [
    { name: "title", label: "拟印发文件", kind: "text", required: true, max: 500 },
    { name: "meetingKind", label: "会议种类", kind: "code", vocabulary: "meeting_kind", required: true, half: true },
    { name: "meeting", label: "会议名称", kind: "text", required: true, max: 200, half: true },
    { name: "meetingEndTime", label: "会议结束时间", kind: "moment", required: true, half: true },
    { name: "leadUnit", label: "牵头单位", kind: "unit", required: true, half: true },
    { name: "statedDueTime", label: "要求印发时间", kind: "moment", half: true },
    { name: "marks", label: "标记", kind: "codes", vocabulary: "issue_mark", half: true },
    { name: "evidence", label: "依据", kind: "area", required: true, max: 1000, help: "会议纪要编号等" },
  ],
  send: (values, header) =>
    answer(
      api.POST("/v1/issueEntries:recordMeetingDecision", {
        params: { header },
        body: {
          title: text(values, "title"),
          meetingKind: text(values, "meetingKind"),
          meeting: text(values, "meeting"),
          meetingEndTime: instantFrom(values.meetingEndTime) ?? "",
          leadUnit: text(values, "leadUnit"),
          statedDueTime: instantFrom(values.statedDueTime),
          marks: list(values, "marks"),
          evidence: text(values, "evidence"),
        },
      }),
    ),
};

function actionsOf(entry: Entry): Record<string, Action> {
  const path = { issueEntry: idOf(entry.name ?? "") };
  return {
    press: {
      label: "催办",
      note: "通知牵头单位并记录次数，不能撤销。",
      touches: TOUCHES,
      fields: [{ name: "text", label: "内容", kind: "area", max: 1000 }],
      send: (values, header) => answer(api.POST("/v1/issueEntries/{issueEntry}:press", { params: { path, header }, body: { text: text(values, "text") } })),
    },
    update: {
      label: "修改",
      note: "修改前后的内容和理由都会留痕，可以再改回来；时限重新推算。",
      touches: TOUCHES,
      fields: [
        { name: "leadUnit", label: "牵头单位", kind: "unit", half: true },
        { name: "statedDueTime", label: "要求印发时间", kind: "moment", half: true },
        FIELD.reason,
      ],
      initial: { leadUnit: entry.leadUnit || undefined },
      send: (values, header) =>
        answer(
          api.POST("/v1/issueEntries/{issueEntry}:update", {
            params: { path, header },
            body: { leadUnit: text(values, "leadUnit"), statedDueTime: instantFrom(values.statedDueTime), reason: text(values, "reason") },
          }),
        ),
    },
    close: {
      label: "销号",
      note: "文件印发后销号；不能撤销。",
      touches: TOUCHES,
      fields: [{ name: "documentNumber", label: "发文字号", kind: "text", required: true, max: 100 }],
      send: (values, header) => answer(api.POST("/v1/issueEntries/{issueEntry}:close", { params: { path, header }, body: { documentNumber: text(values, "documentNumber") } })),
    },
  };
}
