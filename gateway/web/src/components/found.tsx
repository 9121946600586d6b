import type { InfiniteData, UseInfiniteQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { More } from "./more";
import { Answer, Empty } from "./states";

interface Counted {
  total?: number;
  totalIsLeast?: boolean;
}

interface FoundProps<Page extends Counted> {
  query: UseInfiniteQueryResult<InfiniteData<Page>>;
  /** What stands before the number: 共, 找到. */
  word: string;
  /** What is said where nothing was found. */
  nothing: string;
  /** Beside the number: how the list is sorted. */
  beside?: ReactNode;
  children: (pages: Page[]) => ReactNode;
}

/** A list that is read page by page: how many there are, the lines, the next page. */
export function Found<Page extends Counted>({ query, word, nothing, beside, children }: FoundProps<Page>) {
  return (
    <Answer query={query} rows={8} empty={{ when: ({ pages }) => !pages[0]?.total, show: <Empty text={nothing} /> }}>
      {({ pages }) => (
        <>
          <div className="list-head">
            <p className="muted" role="status">
              {word}
              {pages[0]?.total}件{pages[0]?.totalIsLeast ? "以上" : ""}
            </p>
            {beside}
          </div>
          {children(pages)}
          <More query={query} />
        </>
      )}
    </Answer>
  );
}
