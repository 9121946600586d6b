import { Alert, Button, Skeleton } from "antd";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Refusal, refusalOf } from "@/api/refusal";
import { ArticleText } from "./article";

/** Something is on its way. */
export function Loading({ whole = false, rows = 4 }: { whole?: boolean; rows?: number }) {
  return (
    <div className={whole ? "state whole" : "state"} role="status" aria-busy="true" aria-label="正在加载">
      <Skeleton active title={false} paragraph={{ rows }} />
    </div>
  );
}

/** There is nothing, and that is all right. */
export function Empty({ text, children }: { text: string; children?: ReactNode }) {
  return (
    <div className="state empty">
      <p>{text}</p>
      {children}
    </div>
  );
}

const TITLES: Record<number, string> = { 0: "网络不通", 401: "请先登录", 403: "没有权限", 404: "没有找到" };

/** A page or a part of it could not be shown: why, by which article, and how to go on. */
export function RefusedView({ refusal, retry, whole = false }: { refusal: Refusal; retry?: () => void; whole?: boolean }) {
  // Who typed an address that names nothing is told so, not how names are written.
  const misspelt = refusal.status === 400 && refusal.violations.some(({ field }) => field === "name");
  if (misspelt) return <RefusedView refusal={new Refusal(404, refusal.reason, "这个地址没有对应的内容，请检查地址是否完整。")} whole={whole} />;
  return (
    <div className={whole ? "state whole" : "state"} role="alert">
      <h2>{TITLES[refusal.status] ?? (refusal.status >= 500 ? "暂时无法打开" : "未能打开")}</h2>
      <p>{refusal.text}</p>
      {refusal.article && <ArticleText citation={refusal.article} />}
      {retry && <Button onClick={retry}>重试</Button>}
    </div>
  );
}

/** What a change was refused with, where it was asked for. */
export function RefusalAlert({ error }: { error: unknown }) {
  if (error === null || error === undefined) return null;
  const refusal = refusalOf(error);
  const { grounds } = refusal;
  const further = refusal.violations.filter(({ description }) => description && !refusal.text.includes(description));
  return (
    <Alert
      type="error"
      showIcon
      role="alert"
      className="refusal"
      title={grounds.map((ground) => <div key={ground}>{ground}</div>)}
      description={
        <>
          {further.map(({ field, description }) => (
            <div key={field + description}>{description}</div>
          ))}
          {refusal.article && grounds.length === 1 && (refusal.article.quote || !refusal.text.includes(refusal.article.article)) && <ArticleText citation={refusal.article} />}
        </>
      }
    />
  );
}

/** Something that one should know before one goes on. */
export function Notice({ text, children }: { text: string; children?: ReactNode }) {
  return (
    <p className="notice" role="status">
      {text}
      {children}
    </p>
  );
}

interface AnswerProps<T> {
  query: UseQueryResult<T>;
  children: (data: T) => ReactNode;
  /** Shown where this says that there is nothing. */
  empty?: { when: (data: T) => boolean; show: ReactNode };
  rows?: number;
  /** A part that often is not there: nothing is shown while it is on its way. */
  quiet?: boolean;
}

/** The states of a read: on its way, refused, empty, there. What was read before stays while it is read again. */
export function Answer<T>({ query, children, empty, rows, quiet = false }: AnswerProps<T>) {
  // Without a net a read waits for it: what is shown of another one, or of none, must not look like the answer.
  if (query.fetchStatus === "paused" && (query.isPending || query.isPlaceholderData)) {
    return quiet ? null : <RefusedView refusal={Refusal.offline()} retry={() => void query.refetch()} />;
  }
  if (query.isPending) return quiet ? null : <Loading rows={rows} />;
  if (query.data === undefined) return <RefusedView refusal={refusalOf(query.error)} retry={() => void query.refetch()} />;
  const stale = query.isError && <RefusalAlert error={query.error} />;
  return (
    <>
      {stale}
      {empty?.when(query.data) ? empty.show : children(query.data)}
    </>
  );
}
