import { lazy, Suspense } from "react";
import { Link, useSearchParams } from "react-router";
import { accessOf } from "@/access";
import { Page } from "@/components/page";
import { Answer, Loading } from "@/components/states";
import { to } from "@/paths";
import { useSession } from "@/session/session";
import { useNames } from "@/shared/names";
import { Delegated } from "./components/delegated";
import { Tabs } from "@/components/tabs";
import { TodoList } from "./components/todo-list";
import { type Queue, type Todo, useCounts, useTodos, useUnclassified } from "./service";

const Messages = lazy(() => import("./components/messages"));

type Tab = Queue | "forothers" | "given" | "messages";
type ListTab = Exclude<Tab, "given" | "messages">;

const EMPTY: Record<ListTab, string> = {
  action: "没有待办的事项。",
  reading: "没有待阅的文件。",
  forothers: "没有替他人代办的事项。",
};

const PANELS: Record<Tab, string> = { action: "待办", reading: "待阅", forothers: "代他人办", given: "授权他人", messages: "消息" };

/** What waits for me and until when; what waits because somebody has delegated to me; what I have delegated. */
export default function Todos() {
  const [search, setSearch] = useSearchParams();
  const tab = tabOf(search.get("tab"));
  const counts = useCounts().data;
  const unclassified = useUnclassified(accessOf(useSession().me.permissions ?? []).may("documents:document:classify")).data ?? 0;
  return (
    <Page title="我的待办">
      <Tabs
        label="待办分类"
        chosen={tab}
        choose={(next) => {
          setSearch(next === "action" ? {} : { tab: next }, { replace: true });
        }}
        tabs={[
          { key: "action", label: "待办", count: counts?.actions },
          { key: "reading", label: "待阅", count: counts?.readings },
          { key: "forothers", label: "代他人办", count: counts?.delegated },
          { key: "given", label: "授权他人" },
          { key: "messages", label: "消息" },
        ]}
      />
      {(counts?.overdue ?? 0) > 0 && tab === "action" && (
        <p className="overdue-note" role="status">
          有{counts?.overdue}件已经逾期，请先办理。
        </p>
      )}
      {unclassified > 0 && tab === "action" && (
        <p className="unclassified-note">
          <Link to={`${to("documents")}?state=DOCUMENT_STATE_REGISTERED`}>有{unclassified}件收文等待分类</Link>
        </p>
      )}
      <div role="tabpanel" aria-label={PANELS[tab]}>{panel(tab)}</div>
    </Page>
  );
}

function panel(tab: Tab) {
  if (tab === "given") return <Delegated />;
  if (tab !== "messages") return <List tab={tab} />;
  return (
    <Suspense fallback={<Loading />}>
      <Messages />
    </Suspense>
  );
}

function List({ tab }: { tab: ListTab }) {
  const actions = useTodos("action");
  const readings = useTodos("reading");
  const names = useNames();
  const query = tab === "reading" ? readings : actions;
  const shown = (pages: { todos?: Todo[] }[]): Todo[] => {
    const rows = pages.flatMap((page) => page.todos ?? []);
    if (tab !== "forothers") return rows.filter(({ delegated }) => !delegated);
    const read = readings.data?.pages.flatMap((page) => page.todos ?? []) ?? [];
    return [...rows, ...read].filter(({ delegated }) => delegated);
  };
  return (
    <Answer query={query}>
      {({ pages }) => (
        <TodoList
          todos={shown(pages)}
          empty={EMPTY[tab]}
          names={names}
          more={query.hasNextPage ? () => void query.fetchNextPage() : undefined}
          loadingMore={query.isFetchingNextPage}
        />
      )}
    </Answer>
  );
}

function tabOf(given: string | null): Tab {
  return given !== null && given in PANELS ? (given as Tab) : "action";
}
