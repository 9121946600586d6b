/**
 * Every address of the app, in one table: the router, the links and the gateway (by `dist/paths.json`) go by it.
 * A name after a colon stands for one segment.
 */
export const PATHS = {
  home: "/",
  todos: "/todos",
  delegations: "/delegations",
  documents: "/documents",
  register: "/documents/register",
  drafts: "/drafts",
  newDraft: "/drafts/new",
  numbers: "/numbers",
  document: "/documents/:document",
  print: "/documents/:document/print",
  arrivals: "/arrivals",
  deadline: "/deadlines/:deadline",
  efficiency: "/efficiency",
  ledgers: "/ledgers",
  search: "/search",
  issueList: "/issue-list",
  serviceMatters: "/service-matters",
  registers: "/registers",
  filing: "/filing",
  admin: "/admin",
  organisation: "/admin/organisation",
  calendar: "/admin/calendar",
  packs: "/admin/packs",
  pack: "/admin/packs/:pack/:version",
  deliveries: "/admin/deliveries",
  audit: "/admin/audit",
  upkeep: "/admin/upkeep",
} as const;

export type PathName = keyof typeof PATHS;

/** The address of a page with its parts filled in. */
export function to(name: PathName, parts: Record<string, string> = {}): string {
  return PATHS[name].replace(/:([a-z]+)/gi, (_, part: string) => encodeURIComponent(parts[part] ?? ""));
}
