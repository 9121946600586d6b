import { Tag } from "antd";
import { Link } from "react-router";
import { moment } from "@/shared/time";

interface DueProps {
  dueTime: string | undefined;
  /** How much is left, in the server's words: `还有3个工作小时`. */
  remainingText?: string;
  remainingSeconds?: number | string;
  overdue?: boolean;
  provisional?: boolean;
  /** What is due by the limit: `领导签批`. */
  label?: string;
  /** Address of the page that explains the limit. */
  explained?: string;
}

const SOON_SECONDS = 2 * 3600;

/** When something is due, and how much time is left until then. */
export function Due({ dueTime, remainingText, remainingSeconds, overdue = false, provisional = false, label = "", explained = "" }: DueProps) {
  if (!dueTime) return <span className="muted">未设时限</span>;
  const soon = !overdue && remainingSeconds !== undefined && Number(remainingSeconds) <= SOON_SECONDS;
  const until = `${moment(dueTime)} ${overdue && !remainingText ? "已逾期" : "前"}`;
  return (
    <span className={`due ${overdue ? "late" : soon ? "soon" : ""}`}>
      {remainingText && <strong>{remainingText}</strong>}
      <span className="due-moment number">
        {explained ? (
          <Link to={explained} aria-label={`${label ? `${label}，` : ""}${until}，查看时限怎样计算`}>
            {label && `${label}：`}
            <span className="nowrap">{until}</span>
          </Link>
        ) : (
          <>
            {label && `${label}：`}
            <span className="nowrap">{until}</span>
          </>
        )}
      </span>
      {provisional && <Tag title="所在年度的节假日安排尚未公布，公布后自动重新计算">暂定</Tag>}
    </span>
  );
}
