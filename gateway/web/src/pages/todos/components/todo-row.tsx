import { Button } from "antd";
import { lazy, Suspense, useState } from "react";
import { Link } from "react-router";
import { idOf } from "@/api/client";
import { ArticleButton } from "@/components/article";
import { Due } from "@/components/due";
import { Loading, RefusalAlert } from "@/components/states";
import { UrgencyTag } from "@/components/urgency";
import { to } from "@/paths";
import type { Names } from "@/shared/names";
import { addressOf, type Todo, useFinishReading } from "../service";

const ActHere = lazy(() => import("./act-here"));

/** One thing to do: what, until when, by which article; it can be done right here. */
export function TodoRow({ todo, names }: { todo: Todo; names: Names }) {
  const [open, setOpen] = useState(false);
  const finish = useFinishReading();
  const reading = todo.kind === "WORK_KIND_READING";
  const step = /^documents\/[^/]+\/steps\//.test(todo.item ?? "");
  const address = addressOf(todo);
  return (
    <li className={`todo ${todo.overdue ? "late" : ""}`}>
      <div className="todo-main">
        <div className="todo-title">
          <UrgencyTag urgency={todo.urgency} />
          {address ? <Link to={address}>{todo.title || "（标题不公开）"}</Link> : <span>{todo.title}</span>}
        </div>
        <div className="todo-facts">
          <span className="todo-step">{todo.step}</span>
          {todo.number && <span className="number">{todo.number}</span>}
          {todo.delegated && <span>代{names.person(todo.person)}办</span>}
          <ArticleButton citation={todo.citation} />
        </div>
        {todo.remark && <div className="todo-remark">{todo.remark}</div>}
        <Due
          dueTime={todo.dueTime}
          label={todo.limitLabel}
          explained={todo.deadline && to("deadline", { deadline: idOf(todo.deadline) })}
          remainingText={todo.remainingText}
          remainingSeconds={todo.remainingSeconds}
          overdue={todo.overdue}
          provisional={todo.provisional}
        />
      </div>
      {(step || address) && (
        <div className="todo-acts">
          {!step ? (
            <Link to={address ?? ""}>
              <Button type="primary" ghost>{reading ? "查看" : "去办理"}</Button>
            </Link>
          ) : reading ? (
            <Button loading={finish.isPending} onClick={() => { finish.mutate(todo.item ?? ""); }}>
              阅毕
            </Button>
          ) : (
            <Button type="primary" ghost aria-expanded={open} onClick={() => { setOpen(!open); }}>
              {open ? "收起" : "办理"}
            </Button>
          )}
        </div>
      )}
      {finish.isError && <RefusalAlert error={finish.error} />}
      {open && (
        <div className="todo-form">
          <Suspense fallback={<Loading rows={2} />}>
            <ActHere todo={todo} done={() => { setOpen(false); }} />
          </Suspense>
        </div>
      )}
    </li>
  );
}
