import { Button, Tag } from "antd";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { answer, api, idOf, newKey, once, type Schemas } from "@/api/client";
import { ArticleButton } from "@/components/article";
import { More } from "@/components/more";
import { Answer, Empty, RefusalAlert } from "@/components/states";
import { to } from "@/paths";
import { useChange } from "@/shared/change";
import { moment } from "@/shared/time";
import { MESSAGE_KINDS, type MessageKind } from "@/shared/words";

type Message = Schemas["xiaoneng.notifications.v1.Message"];

const COLOURS: Partial<Record<MessageKind, string>> = { MESSAGE_KIND_WARNING: "warning", MESSAGE_KIND_BREACH: "error", MESSAGE_KIND_ESCALATION: "error" };

function useMessages() {
  return useInfiniteQuery({
    queryKey: ["messages", "list"],
    initialPageParam: "",
    queryFn: ({ pageParam }) => answer(api.GET("/v1/messages", { params: { query: { pageSize: 30, pageToken: pageParam } } })),
    getNextPageParam: (last) => last.nextPageToken || undefined,
  });
}

/** What the platform told me: reminders, limits that end or have passed, what the regulation makes known. */
export default function Messages() {
  const query = useMessages();
  const read = useChange({
    send: (name: string, header) => answer(api.POST("/v1/messages/{message}:markRead", { params: { path: { message: idOf(name) }, header }, body: {} })),
    touches: ["messages"],
  });
  const all = useChange({
    send: (names: string[]) =>
      Promise.all(names.map((name) => answer(api.POST("/v1/messages/{message}:markRead", { params: { path: { message: idOf(name) }, header: once(newKey()) }, body: {} })))),
    touches: ["messages"],
  });
  const unread = (pages: { messages?: Message[] }[]) => pages.flatMap((page) => page.messages ?? []).filter(({ readTime }) => !readTime).map(({ name = "" }) => name);
  return (
    <Answer query={query} empty={{ when: ({ pages }) => (pages[0]?.messages ?? []).length === 0, show: <Empty text="没有消息。" /> }}>
      {({ pages }) => (
        <>
          {[read, all].map((change, at) => change.isError && <RefusalAlert key={at} error={change.error} />)}
          {unread(pages).length > 1 && (
            <div className="form-acts end above-list">
              <Button loading={all.isPending} onClick={() => { all.mutate(unread(pages)); }}>
                全部标为已读（{unread(pages).length}条）
              </Button>
            </div>
          )}
          <ul className="document-list" aria-label="消息">
            {pages.flatMap((page) => page.messages ?? []).map((message) => (
              <Line key={message.name} message={message} read={() => { read.mutate(message.name ?? ""); }} />
            ))}
          </ul>
          <More query={query} />
        </>
      )}
    </Answer>
  );
}

function Line({ message, read }: { message: Message; read: () => void }) {
  const kind = message.kind ?? "MESSAGE_KIND_UNSPECIFIED";
  return (
    <li className={`message ${message.readTime ? "read" : "unread"}`}>
      <div className="todo-title">
        <Tag color={COLOURS[kind]}>{MESSAGE_KINDS[kind]}</Tag>
        {message.link?.startsWith("/documents/") ? <Link to={message.link} onClick={read}>{message.text}</Link> : <span>{message.text}</span>}
      </div>
      <div className="todo-facts">
        <span className="number">{moment(message.plannedTime)}</span>
        {message.deadline && <Link to={to("deadline", { deadline: idOf(message.deadline) })}>时限怎样计算</Link>}
        <ArticleButton citation={message.citation} />
      </div>
      {message.readTime ? <span className="muted">已读</span> : <Button size="small" onClick={read}>标为已读</Button>}
    </li>
  );
}
