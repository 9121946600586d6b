import { type Access, type Permission } from "@/access";
import { PATHS } from "@/paths";

interface Section {
  path: string;
  label: string;
  /** Shown to whoever holds one of them. */
  needs: readonly Permission[];
}

/** The parts of the administration, in their order. */
export const SECTIONS: readonly Section[] = [
  { path: PATHS.organisation, label: "组织机构", needs: ["directory:unit:create", "directory:person:create", "directory:post:create"] },
  { path: PATHS.calendar, label: "作息日历", needs: ["directory:calendar:set"] },
  { path: PATHS.packs, label: "制度", needs: ["directory:pack:create", "directory:pack:activate", "documents:pack:move"] },
  { path: PATHS.deliveries, label: "投递记录", needs: ["notifications:delivery:list"] },
  { path: PATHS.audit, label: "操作记录", needs: ["directory:audit:read", "documents:audit:read", "notifications:audit:read"] },
  { path: PATHS.upkeep, label: "异常处理", needs: ["documents:upkeep:read", "directory:upkeep:read", "notifications:upkeep:read"] },
];

/** Everything that shows the administration in the main navigation. */
export const ADMINISTRATION: readonly Permission[] = SECTIONS.flatMap(({ needs }) => needs);

export function sectionsFor(access: Access): readonly Section[] {
  return SECTIONS.filter(({ needs }) => access.mayAny(...needs));
}
