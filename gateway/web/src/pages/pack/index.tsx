import { Tag } from "antd";
import { Link, useParams } from "react-router";
import { accessOf } from "@/access";
import { answer, api } from "@/api/client";
import { AdminPage } from "@/components/admin/admin-page";
import { ActionBar } from "@/components/form/action-bar";
import type { Action } from "@/components/form/action-dialog";
import { list } from "@/components/form/fields";
import { Answer, Empty } from "@/components/states";
import { Tabs } from "@/components/tabs";
import { type Pack, PACK_STATES, partsOf, usePacks } from "@/pages/packs/service";
import { PATHS } from "@/paths";
import { useSession } from "@/session/session";
import { useAddress } from "@/shared/address";
import { instantFrom } from "@/shared/moments";
import { moment } from "@/shared/time";
import { Clauses } from "./components/clauses";
import { Differences } from "./components/differences";
import { Moves } from "./components/moves";
import { usePack, type Version } from "./service";

const TABS = [
  { key: "clauses", label: "条文与规则" },
  { key: "differences", label: "与其他版本的差异" },
  { key: "moves", label: "对在办事项的影响" },
] as const;

/** One version of a regulation: its clauses beside the rules, what it changes, what running matters it would change. */
export default function PackPage() {
  const parts = useParams();
  const version: Version = { pack: parts.pack ?? "", version: Number(parts.version ?? 0) };
  const query = usePack(version);
  const versions = (usePacks().data ?? []).filter(({ name }) => partsOf(name).pack === version.pack);
  const others = (usePacks().data ?? []).filter(({ name, state }) => state === "STATE_DRAFT" && partsOf(name).pack !== version.pack);
  const [search, set] = useAddress();
  const chosen = TABS.find(({ key }) => key === search.get("tab"))?.key ?? "clauses";
  const access = accessOf(useSession().me.permissions ?? []);
  const allowed = (state: Pack["state"]) => [
    ...(access.may("directory:pack:activate") && state === "STATE_DRAFT" ? ["activate"] : []),
    ...(access.may("directory:pack:repeal") && state === "STATE_ACTIVE" ? ["repeal"] : []),
  ];
  return (
    <Answer query={query} rows={10}>
      {(pack) => (
        <AdminPage
          section={PATHS.packs}
          title={`${pack.title ?? ""}（第${String(version.version)}版）`}
          actions={<ActionBar of={`${version.pack ?? ""}/${String(version.version ?? 0)}`} actions={actionsOf(pack, others)} offered={["activate", "repeal"]} allowed={allowed(pack.state)} primary={pack.state === "STATE_DRAFT"} />}
        >
          <p>
            <Link className="underlined" to={PATHS.packs}>全部制度</Link>　<Tag>{PACK_STATES[pack.state ?? "STATE_UNSPECIFIED"]}</Tag>
            <span className="muted number">
              {[pack.documentNumber, pack.activeFromTime && `${moment(pack.activeFromTime)}起施行`, pack.activeUntilTime && `至${moment(pack.activeUntilTime)}`].filter(Boolean).join("　")}
            </span>
          </p>
          <Tabs label="内容" tabs={TABS.filter(({ key }) => key !== "moves" || access.may("documents:pack:move"))} chosen={chosen} choose={(tab) => { set({ tab }); }} />
          {chosen === "clauses" && <Clauses version={version} />}
          {chosen === "differences" && <Differences version={version} versions={versions} />}
          {chosen === "moves" && (pack.state === "STATE_REPEALED" ? <Empty text="本版已废止，在办事项不能转用。" /> : <Moves version={version} pack={pack} />)}
        </AdminPage>
      )}
    </Answer>
  );
}

function actionsOf(pack: Pack, others: readonly Pack[]): Record<string, Action> {
  const { pack: id, version } = partsOf(pack.name);
  const path = { pack: id, version: String(version) };
  const touches = ["packs", "roles", "vocabularies"];
  return {
    activate: {
      label: "启用",
      note: "启用后新登记的事项按本版办理，在办事项仍按原版，可另行转用。启用不能撤销，可以再启用其他版本或废止。",
      touches,
      fields: [
        { name: "activeFromTime", label: "施行时间", kind: "moment", help: "不填则立即施行" },
        ...(others.length > 0
          ? [{ name: "together", label: "一并启用", kind: "codes" as const, options: others.map(({ name = "", title = "" }) => ({ value: name, label: `${title}（第${String(partsOf(name).version)}版）` })), help: "互相引用的制度须同时启用" }]
          : []),
      ],
      send: (values, header) =>
        answer(
          api.POST("/v1/packs/{pack}/versions/{version}:activate", {
            params: { path, header },
            body: { activeFromTime: instantFrom(values.activeFromTime), together: list(values, "together") },
          }),
        ),
    },
    repeal: {
      label: "废止",
      note: "废止后新登记的事项不再适用，在办事项仍按本版办理。不能撤销，可以启用新的版本。",
      danger: true,
      touches,
      fields: [{ name: "endTime", label: "停止施行时间", kind: "moment", help: "不填则立即停止" }],
      send: (values, header) =>
        answer(api.POST("/v1/packs/{pack}/versions/{version}:repeal", { params: { path, header }, body: { endTime: instantFrom(values.endTime) } })),
    },
  };
}
