import { Page } from "@/components/page";

export default function Todos() {
  return <Page title="我的待办">x</Page>;
}
