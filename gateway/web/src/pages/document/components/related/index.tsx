import { useEffect, useRef } from "react";
import { accessOf } from "@/access";
import { Tabs } from "@/components/tabs";
import { useSession } from "@/session/session";
import { useAddress } from "@/shared/address";
import type { Document } from "../../service";
import { Lent } from "./lent";
import { Permits } from "./permits";
import { Records } from "./records";
import { Threads } from "./threads";
import { Transmissions } from "./transmissions";

const TABS = [
  { key: "records", label: "记录" },
  { key: "threads", label: "讨论" },
  { key: "permits", label: "复制与转发" },
  { key: "grants", label: "查阅授权" },
  { key: "transmissions", label: "发送外单位" },
] as const;
const PARTS = { records: Records, threads: Threads, permits: Permits, grants: Lent, transmissions: Transmissions };

/** What belongs to a document beside its route: dated records, deliberation, permits for copies, deliveries to other offices. */
export default function Related({ document }: { document: Document }) {
  const [search, set] = useAddress();
  const access = accessOf(useSession().me.permissions ?? []);
  const shown: Partial<Record<keyof typeof PARTS, boolean>> = {
    grants: access.may("documents:access:grant"),
    transmissions: document.kind === "DOCUMENT_KIND_OUTGOING" || access.may("documents:document:issue"),
  };
  const tabs = TABS.filter(({ key }) => shown[key] ?? true);
  const chosen = tabs.find(({ key }) => key === search.get("part"))?.key ?? "records";
  const Part = PARTS[chosen];
  const section = useRef<HTMLElement>(null);
  // Who comes from the to-do list for a part of it finds it, below all that is said of the document.
  const sought = useRef(search.has("part"));
  useEffect(() => {
    if (sought.current) section.current?.scrollIntoView({ block: "start" });
  }, []);
  return (
    <section ref={section} className="card related" aria-label="相关事项">
      <Tabs label="相关事项" tabs={[...tabs]} chosen={chosen} choose={(part) => { set({ part }); }} />
      <Part document={document} />
    </section>
  );
}
