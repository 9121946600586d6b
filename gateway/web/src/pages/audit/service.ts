import { useInfiniteQuery } from "@tanstack/react-query";
import { answer, api, type Schemas } from "@/api/client";

export type AuditRecord = Schemas["xiaoneng.kit.v1.AuditRecord"];
export type Fault = Schemas["xiaoneng.kit.v1.AuditFault"];
type Verified = Schemas["xiaoneng.kit.v1.VerifyAuditResponse"];

export const SERVICES = [
  { key: "documents", label: "公文" },
  { key: "directory", label: "组织机构" },
  { key: "notifications", label: "通知" },
] as const;
export type Service = (typeof SERVICES)[number]["key"];

export interface Filter {
  service: Service;
  person: string;
  subject: string;
  from: string | undefined;
  until: string | undefined;
}

export function useRecords({ service, person, subject, from, until }: Filter) {
  return useInfiniteQuery({
    queryKey: ["auditRecords", "list", service, person, subject, from, until],
    initialPageParam: "",
    queryFn: ({ pageParam }) =>
      answer(api.GET(`/v1/auditRecords/${service}`, { params: { query: { person, subject, startTime: from, endTime: until, pageToken: pageParam } } })),
    getNextPageParam: (last) => last.nextPageToken || undefined,
  });
}

export interface Verdict {
  verified: number;
  sealed: number;
  unsealed: number;
  head: string;
  faults: Fault[];
  complete: boolean;
}

/** Reads a chain to its end, stretch by stretch, and tells how far it is. */
export async function verify(ask: (after: number) => Promise<Verified>, tell: (verdict: Verdict) => void): Promise<Verdict> {
  const faults: Fault[] = [];
  let after = 0;
  for (;;) {
    const found = await ask(after);
    const next = Number(found.verifiedPosition ?? 0);
    faults.push(...(found.faults ?? []));
    const verdict = {
      verified: next,
      sealed: Number(found.sealedPosition ?? 0),
      unsealed: found.unsealedCount ?? 0,
      head: found.head ?? "",
      faults: [...faults],
      complete: found.complete === true || next <= after,
    };
    tell(verdict);
    if (verdict.complete) return verdict;
    after = next;
  }
}

export function askService(service: Service): (after: number) => Promise<Verified> {
  return (after) => answer(api.GET(`/v1/auditRecords/${service}:verify`, { params: { query: { afterPosition: String(after) } } }));
}

export const FAULTS: Record<NonNullable<Fault["kind"]>, string> = {
  AUDIT_FAULT_KIND_UNSPECIFIED: "",
  AUDIT_FAULT_KIND_CHANGED: "内容被改动",
  AUDIT_FAULT_KIND_MISSING: "记录缺失",
  AUDIT_FAULT_KIND_REORDERED: "顺序被改动",
  AUDIT_FAULT_KIND_CUT: "末尾被截断",
};
