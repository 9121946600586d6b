import { Button } from "antd";
import { Choices, Plain } from "@/layout/plain";
import type { SignedIn } from "./session";
import { signInAddress } from "./session";
import { signOut, switchTenant } from "./switching";

/** Nobody is signed in yet. */
export function SignIn({ demo }: { demo: boolean }) {
  return (
    <Plain title="办文、办会、督查，件件有时限，事事有依据">
      <p className="lead">公文按本单位制度流转，每一步都标明时限和条款，逾期即时可见。</p>
      <Button type="primary" size="large" href={signInAddress(location.pathname + location.search)}>
        登录
      </Button>
      {demo && <p className="muted">演示环境：登录时从名单中选择一位人员即可，不需要密码。</p>}
    </Plain>
  );
}

/** Signed in, but no tenant is chosen, or there is none to choose. */
export function NoTenant({ session }: { session: SignedIn }) {
  const several = session.memberships.length > 0;
  return (
    <Plain title={`${session.displayName}，您好`}>
      <p className="lead">{several ? "请选择要办理业务的单位。" : "您尚未加入任何单位，请联系本单位的系统管理员。"}</p>
      <Choices
        choices={session.memberships.map(({ tenant, displayName }) => ({ key: tenant, label: displayName }))}
        chosen=""
        choose={(tenant) => void switchTenant(tenant)}
      />
      <Button onClick={() => void signOut()}>退出登录</Button>
    </Plain>
  );
}
