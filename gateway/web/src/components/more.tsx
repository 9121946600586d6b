import { Button } from "antd";

interface MoreProps {
  query: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown };
}

/** Reads the next page of a list; nothing at the end. */
export function More({ query }: MoreProps) {
  if (!query.hasNextPage) return null;
  return (
    <Button block loading={query.isFetchingNextPage} onClick={() => { query.fetchNextPage(); }}>
      显示更多
    </Button>
  );
}
