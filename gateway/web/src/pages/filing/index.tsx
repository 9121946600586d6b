import { InputNumber } from "antd";
import { useState } from "react";
import { accessOf } from "@/access";
import { Refusal } from "@/api/refusal";
import { Page } from "@/components/page";
import { RefusedView } from "@/components/states";
import { Tabs } from "@/components/tabs";
import { useSession } from "@/session/session";
import { useAddress } from "@/shared/address";
import { localOf } from "@/shared/time";
import { Destructions } from "./components/destructions";
import { Filed } from "./components/filed";
import { Receipts } from "./components/receipts";
import { Unfiled } from "./components/unfiled";

const TABS = [
  { key: "unfiled", label: "待归档" },
  { key: "filed", label: "已归档" },
  { key: "receipts", label: "移交回执" },
  { key: "destructions", label: "销毁" },
] as const;
const FIRST_YEAR = 1949;
const LAST_YEAR = 2200;

/** What was closed in a year leaves the office: filed, packed, taken over by the archive, or destroyed by two persons. */
export default function Filing() {
  const { may } = accessOf(useSession().me.permissions ?? []);
  if (may("documents:filing:manage")) return <Years />;
  if (!may("documents:filing:read")) return <RefusedView refusal={new Refusal(403, "FORBIDDEN", "您没有办理归档或者审批销毁的权限，需要时请联系本单位的系统管理员。")} />;
  // Who only approves sees what there is to approve.
  return (
    <Page title="归档">
      <Tabs label="归档" tabs={TABS.filter(({ key }) => key === "destructions")} chosen="destructions" choose={() => undefined} />
      <Destructions />
    </Page>
  );
}

function Years() {
  const [search, set] = useAddress();
  // The checksum of the package that was downloaded last, for the receipt.
  const [sha256, setSha256] = useState("");
  const chosen = TABS.find(({ key }) => key === search.get("tab"))?.key ?? "unfiled";
  const year = Number(search.get("year")) || Number(localOf(new Date().toISOString()).day.slice(0, 4));
  const retentionClass = search.get("class") ?? "";
  return (
    <Page
      title="归档"
      actions={
        <span className="of-year">
          年度
          <InputNumber controls={false} aria-label="归档年度" min={FIRST_YEAR} max={LAST_YEAR} precision={0} value={year} onChange={(value) => { set({ year: value ? String(value) : undefined, class: undefined }); }} />
        </span>
      }
    >
      <Tabs label="归档" tabs={[...TABS]} chosen={chosen} choose={(tab) => { set({ tab: tab === "unfiled" ? undefined : tab }); }} />
      {chosen === "unfiled" && <Unfiled key={year} year={year} />}
      {chosen === "filed" && <Filed key={year} chosen={{ year, retentionClass }} choose={(value) => { set({ class: value || undefined }); }} downloaded={setSha256} />}
      {chosen === "receipts" && <Receipts year={year} sha256={sha256} />}
      {chosen === "destructions" && <Destructions />}
    </Page>
  );
}
