import { Link } from "react-router";
import { Empty } from "@/components/states";
import { Page } from "@/components/page";
import { to } from "@/paths";

/** An address that no page has. */
export function NotFound() {
  return (
    <Page title="没有这个页面">
      <Empty text="地址可能有误，或者页面已经移动。">
        <Link to={to("todos")}>返回待办</Link>
      </Empty>
    </Page>
  );
}
