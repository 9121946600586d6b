import { useQuery } from "@tanstack/react-query";
import { answer, api, idOf, type Schemas } from "@/api/client";
import type { Pack } from "@/pages/packs/service";
import { useVocabulary } from "@/shared/vocabulary";
import type { Known } from "./pack-words";

export type Outline = Schemas["xiaoneng.directory.v1.PackOutline"];
export type Rule = Schemas["xiaoneng.directory.v1.PackRule"];
export type Clause = Schemas["xiaoneng.directory.v1.PackClause"];
export type Difference = Schemas["xiaoneng.directory.v1.PackDifference"];
export type Move = Schemas["xiaoneng.documents.v1.PackMove"];

export interface Version {
  pack: string;
  version: number;
}

/** Whether matters can be moved to a version now; an active one may still wait for its day. */
export function isInForce({ state, activeFromTime }: Pack, now = Date.now()): boolean {
  return state === "STATE_ACTIVE" && new Date(activeFromTime ?? 0).getTime() <= now;
}

export function usePack({ pack, version }: Version) {
  return useQuery({
    queryKey: ["packs", pack, version],
    queryFn: () => answer(api.GET("/v1/packs/{pack}/versions/{version}", { params: { path: { pack, version: String(version) } } })),
  });
}

export function useOutline({ pack, version }: Version) {
  return useQuery({
    queryKey: ["packs", pack, version, "outline"],
    staleTime: Infinity,
    queryFn: () => answer(api.GET("/v1/packs/{pack}/versions/{version}:outline", { params: { path: { pack, version: String(version) } } })),
  });
}

/** What the packs in force call roles, posts and codes; with the articles of this version. */
export function useKnown(outline: Outline | undefined): Known {
  const { data: roles } = useQuery({
    queryKey: ["roles", "list"],
    staleTime: 10 * 60_000,
    queryFn: async () => (await answer(api.GET("/v1/roles"))).roles ?? [],
  });
  const { word } = useVocabulary();
  const articles = new Map(outline?.clauses?.map(({ id = "", article = "" }) => [id, article]));
  const labels = new Map(roles?.map(({ name, displayName = "" }) => [idOf(name ?? ""), displayName]));
  return (token, key) => {
    const code = word(CODES_OF[key] ?? key, token);
    return (code !== token && code) || articles.get(token) || labels.get(token) || token;
  };
}

const CODES_OF: Record<string, string> = { posts: "post", unit_kinds: "unit_kind" };

export function useDifferences({ pack, version }: Version, base: number) {
  return useQuery({
    queryKey: ["packs", pack, version, "compare", base],
    enabled: base > 0,
    staleTime: Infinity,
    queryFn: async () =>
      (await answer(api.GET("/v1/packs/{pack}/versions/{version}:compare", { params: { path: { pack, version: String(version) }, query: { baseVersion: base } } }))).differences ?? [],
  });
}

/** Kinds of rules and parts of a pack in Chinese. */
export const PARTS: Record<string, string> = {
  procedure: "流程",
  limit: "时限",
  check: "核对",
  cap: "上限",
  signer: "签批人",
  approval: "审批",
  visibility: "知悉范围",
  schedule: "定期",
  notice: "通知",
  ledger: "台账",
  register: "登记簿",
  matrix: "签批权限表",
  quorum: "法定人数",
  ground: "事由",
  clause: "条文",
  head: "基本信息",
  roles: "角色",
  chains: "督办层级",
  ladders: "提醒与督办",
  texts: "提示用语",
  grants: "职责权限",
  posts: "职务",
  unit_kinds: "科室类型",
  vocabularies: "用词",
  fields: "登记项目",
  records: "记录种类",
};

export interface Entry {
  clause: Clause;
  rules: Rule[];
}

/** Each clause with the rules that rest on it first of all; a rule that names further clauses is named there too. */
export function entriesOf({ clauses, rules }: Outline): Entry[] {
  const known = new Map((rules ?? []).map((rule) => [rule.id ?? "", rule]));
  return (clauses ?? []).map((clause) => ({ clause, rules: (clause.rules ?? []).flatMap((id) => known.get(id) ?? []) }));
}

/** Entries in whose clause or rules a word stands. */
export function matching(entries: readonly Entry[], wanted: string): Entry[] {
  if (!wanted) return [...entries];
  const has = (text: string | undefined) => (text ?? "").includes(wanted);
  return entries.filter(({ clause, rules }) => has(clause.article) || has(clause.quote) || has(clause.id) || rules.some((rule) => has(rule.label) || has(rule.text)));
}
