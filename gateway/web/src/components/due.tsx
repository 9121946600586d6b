import { Tag } from "antd";
import { moment } from "@/shared/time";

interface DueProps {
  dueTime: string | undefined;
  /** How much is left, in the server's words: `还有3个工作小时`. */
  remainingText?: string;
  remainingSeconds?: number | string;
  overdue?: boolean;
  provisional?: boolean;
}

const SOON_SECONDS = 2 * 3600;

/** When something is due, and how much time is left until then. */
export function Due({ dueTime, remainingText, remainingSeconds, overdue = false, provisional = false }: DueProps) {
  if (!dueTime) return <span className="muted">未设时限</span>;
  const soon = !overdue && remainingSeconds !== undefined && Number(remainingSeconds) <= SOON_SECONDS;
  return (
    <span className={`due ${overdue ? "late" : soon ? "soon" : ""}`}>
      {remainingText && <strong>{remainingText}</strong>}
      <span className="due-moment number">
        {moment(dueTime)} {overdue && !remainingText ? "已逾期" : "前"}
      </span>
      {provisional && <Tag title="所在年度的节假日安排尚未公布，公布后自动重新计算">暂定</Tag>}
    </span>
  );
}
