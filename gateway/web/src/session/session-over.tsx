import { Button, Modal } from "antd";
import { signInAddress } from "./session";

/** Says why this window cannot go on. What was typed stays on the page until its reader leaves it. */
export function SessionOver({ why }: { why: "ended" | "switched" }) {
  const ended = why === "ended";
  return (
    <Modal open closable={false} footer={null} title={ended ? "登录已过期" : "已切换单位"} width={420}>
      <p>{ended ? "请重新登录，登录后回到本页；已保存的草稿不会丢失。" : "您已在另一个窗口切换到其他单位，本窗口需要重新打开。"}</p>
      <Button type="primary" href={ended ? signInAddress(location.pathname + location.search) : "/"} block>
        {ended ? "重新登录" : "打开"}
      </Button>
    </Modal>
  );
}
