import { App, Button, Popover } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import { refusalOf } from "@/api/refusal";
import { to } from "@/paths";
import { signInAddress, useSession } from "@/session/session";
import { signOut, switchTenant } from "@/session/switching";
import { Choices } from "./plain";

/** Who I am, where I work, and how I get out. */
export function PersonMenu() {
  const { displayName, memberships, tenant, me, demo } = useSession();
  const { message } = App.useApp();
  const [open, setOpen] = useState(false);
  const act = (doing: Promise<void>) => {
    doing.catch((failed: unknown) => message.error(refusalOf(failed).text));
  };
  const content = (
    <div className="person-menu">
      <p className="muted">{me.unitDisplayName || "未分配科室"}</p>
      {memberships.length > 1 && (
        <>
          <h2>切换单位</h2>
          <Choices choices={memberships.map((each) => ({ key: each.tenant, label: each.displayName }))} chosen={tenant} choose={(key) => { act(switchTenant(key)); }} />
        </>
      )}
      <Link to={to("delegations")} onClick={() => { setOpen(false); }}>
        <Button block tabIndex={-1}>授权代办</Button>
      </Link>
      {demo && (
        <Button href={signInAddress(location.pathname)} block>
          换一位演示人员
        </Button>
      )}
      <Button onClick={() => { act(signOut()); }} block>
        退出登录
      </Button>
    </div>
  );
  return (
    <Popover content={content} trigger="click" placement="bottomRight" open={open} onOpenChange={setOpen}>
      <Button type="text" className="person-button" aria-haspopup="dialog" aria-expanded={open} aria-label={`${displayName}，打开个人菜单`}>
        {displayName}
      </Button>
    </Popover>
  );
}
