import BookOutlined from "@ant-design/icons/BookOutlined";
import OrderedListOutlined from "@ant-design/icons/OrderedListOutlined";
import SolutionOutlined from "@ant-design/icons/SolutionOutlined";
import BarChartOutlined from "@ant-design/icons/BarChartOutlined";
import CheckSquareOutlined from "@ant-design/icons/CheckSquareOutlined";
import FileTextOutlined from "@ant-design/icons/FileTextOutlined";
import FolderOutlined from "@ant-design/icons/FolderOutlined";
import FormOutlined from "@ant-design/icons/FormOutlined";
import InboxOutlined from "@ant-design/icons/InboxOutlined";
import TableOutlined from "@ant-design/icons/TableOutlined";
import SettingOutlined from "@ant-design/icons/SettingOutlined";
import { type ComponentType, lazy, type LazyExoticComponent } from "react";
import { accessOf, type Permission } from "./access";
import { ADMINISTRATION } from "./components/admin/sections";
import { PATHS } from "./paths";
import type { Me } from "./session/session";

interface PageRoute {
  path: string;
  Component: LazyExoticComponent<ComponentType>;
  /** Without header and navigation. */
  bare?: boolean;
}

/** Every page with its address. A page loads its own script when it is opened. */
export const PAGES: readonly PageRoute[] = [
  { path: PATHS.todos, Component: lazy(() => import("./pages/todos")) },
  { path: PATHS.delegations, Component: lazy(() => import("./pages/delegations")) },
  { path: PATHS.documents, Component: lazy(() => import("./pages/documents")) },
  { path: PATHS.register, Component: lazy(() => import("./pages/register")) },
  { path: PATHS.drafts, Component: lazy(() => import("./pages/drafts")) },
  { path: PATHS.newDraft, Component: lazy(() => import("./pages/draft")) },
  { path: PATHS.numbers, Component: lazy(() => import("./pages/numbers")) },
  { path: PATHS.document, Component: lazy(() => import("./pages/document")) },
  { path: PATHS.print, Component: lazy(() => import("./pages/print")), bare: true },
  { path: PATHS.arrivals, Component: lazy(() => import("./pages/arrivals")) },
  { path: PATHS.deadline, Component: lazy(() => import("./pages/deadline")) },
  { path: PATHS.efficiency, Component: lazy(() => import("./pages/efficiency")) },
  { path: PATHS.ledgers, Component: lazy(() => import("./pages/ledgers")) },
  { path: PATHS.search, Component: lazy(() => import("./pages/search")) },
  { path: PATHS.issueList, Component: lazy(() => import("./pages/issue-list")) },
  { path: PATHS.registers, Component: lazy(() => import("./pages/registers")) },
  { path: PATHS.serviceMatters, Component: lazy(() => import("./pages/service-matters")) },
  { path: PATHS.filing, Component: lazy(() => import("./pages/filing")) },
  { path: PATHS.admin, Component: lazy(() => import("./pages/admin")) },
  { path: PATHS.organisation, Component: lazy(() => import("./pages/admin-organisation")) },
  { path: PATHS.calendar, Component: lazy(() => import("./pages/admin-calendar")) },
  { path: PATHS.packs, Component: lazy(() => import("./pages/packs")) },
  { path: PATHS.pack, Component: lazy(() => import("./pages/pack")) },
  { path: PATHS.deliveries, Component: lazy(() => import("./pages/deliveries")) },
  { path: PATHS.audit, Component: lazy(() => import("./pages/audit")) },
  { path: PATHS.upkeep, Component: lazy(() => import("./pages/upkeep")) },
];

interface Entry {
  path: string;
  label: string;
  Icon: ComponentType<{ "aria-hidden"?: boolean }>;
  /** Addresses that begin so belong to it. */
  section: string;
  /** Shown to whoever holds one of them; to everybody without. */
  needs?: readonly Permission[];
  /** Shown where the office's own rules speak of it. */
  regulated?: string;
}

/** The main navigation, in its order. */
const NAVIGATION: readonly Entry[] = [
  { path: PATHS.todos, label: "待办", Icon: CheckSquareOutlined, section: "/todos" },
  { path: PATHS.documents, label: "公文", Icon: FileTextOutlined, section: "/documents", needs: ["documents:document:read"] },
  { path: PATHS.ledgers, label: "台账", Icon: TableOutlined, section: "/ledgers", needs: ["documents:ledger:read"] },
  { path: PATHS.drafts, label: "拟稿", Icon: FormOutlined, section: "/drafts", needs: ["documents:document:draft"] },
  { path: PATHS.arrivals, label: "来件", Icon: InboxOutlined, section: "/arrivals", needs: ["documents:document:register"] },
  { path: PATHS.efficiency, label: "效能", Icon: BarChartOutlined, section: "/efficiency", needs: ["documents:document:read"] },
  { path: PATHS.issueList, label: "发文清单", Icon: OrderedListOutlined, section: "/issue-list", needs: ["documents:issue_list:read"], regulated: "documents.issue_entry" },
  { path: PATHS.serviceMatters, label: "窗口", Icon: SolutionOutlined, section: "/service-matters", needs: ["documents:service:handle"], regulated: "documents.service" },
  { path: PATHS.registers, label: "登记簿", Icon: BookOutlined, section: "/registers", needs: ["directory:registration:create", "directory:registration:approve"] },
  { path: PATHS.filing, label: "归档", Icon: FolderOutlined, section: "/filing", needs: ["documents:filing:manage", "documents:filing:read"] },
  { path: PATHS.admin, label: "管理", Icon: SettingOutlined, section: "/admin", needs: ADMINISTRATION },
];

/** The entries that somebody sees: what he may open and what his office uses. */
export function navigationOf({ permissions = [], regulated = [] }: Pick<Me, "permissions" | "regulated">): readonly Entry[] {
  const { mayAny } = accessOf(permissions);
  return NAVIGATION.filter((entry) => (entry.needs === undefined || mayAny(...entry.needs)) && (entry.regulated === undefined || regulated.includes(entry.regulated)));
}
