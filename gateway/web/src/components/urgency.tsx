import { Tag } from "antd";
import type { Schemas } from "@/api/client";

export type Urgency = NonNullable<Schemas["xiaoneng.kit.v1.Urgency"]>;

export const URGENCY_NAMES: Record<Urgency, string> = {
  URGENCY_UNSPECIFIED: "平件",
  URGENCY_ORDINARY: "平件",
  URGENCY_URGENT: "加急",
  URGENCY_SPECIALLY_URGENT: "特急",
};

/** How pressing something is; nothing for what is ordinary. */
export function UrgencyTag({ urgency }: { urgency: Urgency | undefined }) {
  if (urgency === "URGENCY_SPECIALLY_URGENT") return <Tag className="urgency special">特急</Tag>;
  if (urgency === "URGENCY_URGENT") return <Tag className="urgency">加急</Tag>;
  return null;
}
