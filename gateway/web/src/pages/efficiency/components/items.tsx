import { Drawer, Tag } from "antd";
import { Link } from "react-router";
import { idOf } from "@/api/client";
import { useFocusBack } from "@/components/focus-back";
import { ArticleButton } from "@/components/article";
import { More } from "@/components/more";
import { Answer, Empty } from "@/components/states";
import { to } from "@/paths";
import type { Names } from "@/shared/names";
import { moment } from "@/shared/time";
import { type Filter, type Item, MEASURES, type Opened, percent, useItems } from "../service";

interface ItemsProps {
  filter: Filter;
  opened: Opened;
  names: Names;
  close: () => void;
}

/** The list behind a number. */
export default function Items({ filter, opened, names, close }: ItemsProps) {
  useFocusBack();
  const query = useItems(filter, opened);
  const total = query.data?.pages[0]?.totalSize ?? 0;
  return (
    <Drawer open onClose={close} size="large" title={`${MEASURES[opened.measure]}（${String(total)}件）`}>
      <Answer query={query} empty={{ when: ({ pages }) => (pages[0]?.items ?? []).length === 0, show: <Empty text="没有相应的时限。" /> }}>
        {({ pages }) => (
          <>
            <ul className="document-list">
              {pages.flatMap((page) => page.items ?? []).map((item) => (
                <Line key={item.deadline?.name} item={item} names={names} />
              ))}
            </ul>
            <More query={query} />
          </>
        )}
      </Answer>
    </Drawer>
  );
}

function Line({ item, names }: { item: Item; names: Names }) {
  const limit = item.deadline ?? {};
  return (
    <li>
      <div className="todo-title">
        {item.document ? <Link to={to("document", { document: idOf(item.document) })}>{item.title || "（标题不公开）"}</Link> : limit.label}
      </div>
      {limit.breached && <Tag color="error">逾期</Tag>}
      <div className="todo-facts">
        {item.number && <span className="number">{item.number}</span>}
        <span>{limit.label}</span>
        <span>{names.unit(item.unit)}</span>
        <Link className="due-link" to={to("deadline", { deadline: idOf(limit.name ?? "") })}>{moment(limit.dueTime)} 到期</Link>
        {limit.endTime && <span>{moment(limit.endTime)} 办结</span>}
        {item.usedShare !== undefined && <span>用时占{percent(item.usedShare)}</span>}
        <ArticleButton citation={limit.citation} />
      </div>
    </li>
  );
}
