import { AdminPage } from "@/components/admin/admin-page";
import { Tabs } from "@/components/tabs";
import { PATHS } from "@/paths";
import { useAddress } from "@/shared/address";
import { Delegations } from "./components/delegations";
import { Persons } from "./components/persons";
import { Portfolios } from "./components/portfolios";
import { Posts } from "./components/posts";
import { Sheet } from "./components/sheet";
import { Units } from "./components/units";

const TABS = [
  { key: "units", label: "科室" },
  { key: "persons", label: "人员" },
  { key: "posts", label: "职务" },
  { key: "portfolios", label: "领导分工" },
  { key: "delegations", label: "代办授权" },
  { key: "sheet", label: "导入导出" },
] as const;
const PARTS = { units: Units, persons: Persons, posts: Posts, portfolios: Portfolios, delegations: Delegations, sheet: Sheet };

/** The organisation: units, persons, posts, portfolios, delegations, all of it as a spreadsheet. */
export default function Organisation() {
  const [search, set] = useAddress();
  const chosen = TABS.find(({ key }) => key === search.get("tab"))?.key ?? "units";
  const ended = search.get("ended") === "1";
  const Part = PARTS[chosen];
  return (
    <AdminPage section={PATHS.organisation} title="组织机构">
      <Tabs label="组织机构" tabs={[...TABS]} chosen={chosen} choose={(tab) => { set({ tab }); }} />
      <Part ended={ended} />
    </AdminPage>
  );
}
