import { Tag } from "antd";
import { moment } from "@/shared/time";

interface PeriodProps {
  from: string | undefined;
  until: string | undefined;
}

/** From when until when something holds; what is over says so. */
export function Period({ from, until }: PeriodProps) {
  const now = new Date().toISOString();
  return (
    <span className="number">
      {from ? moment(from) : "一直"}起{until ? `，至${moment(until)}` : ""}
      {until && until <= now && <Tag className="beside">已终止</Tag>}
    </span>
  );
}
