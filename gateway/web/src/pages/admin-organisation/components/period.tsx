import { Tag } from "antd";
import { moment } from "@/shared/time";

interface PeriodProps {
  from: string | undefined;
  until: string | undefined;
}

/** From when until when something holds; what is over says so. */
export function Period({ from, until }: PeriodProps) {
  const now = new Date().toISOString();
  const said = [from && `${moment(from)}起`, until && `至${moment(until)}`].filter(Boolean).join("，");
  return (
    <span className="number">
      {said || "长期"}
      {until && until <= now && <Tag className="beside">已终止</Tag>}
    </span>
  );
}
