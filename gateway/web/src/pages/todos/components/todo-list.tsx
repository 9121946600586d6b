import { Button } from "antd";
import { Empty } from "@/components/states";
import type { Names } from "@/shared/names";
import type { Todo } from "../service";
import { TodoRow } from "./todo-row";

interface TodoListProps {
  todos: Todo[];
  empty: string;
  names: Names;
  more: (() => void) | undefined;
  loadingMore: boolean;
}

export function TodoList({ todos, empty, names, more, loadingMore }: TodoListProps) {
  if (todos.length === 0 && more === undefined) return <Empty text={empty} />;
  return (
    <>
      <ul className="todos">
        {todos.map((todo) => (
          <TodoRow key={todo.item} todo={todo} names={names} />
        ))}
      </ul>
      {more && (
        <Button onClick={more} loading={loadingMore} block>
          显示更多
        </Button>
      )}
    </>
  );
}
