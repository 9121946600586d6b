import { Button, Tag } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import { accessOf } from "@/access";
import { AdminPage } from "@/components/admin/admin-page";
import { Answer, Empty } from "@/components/states";
import { Table } from "@/components/table";
import { PATHS, to } from "@/paths";
import { useSession } from "@/session/session";
import { moment } from "@/shared/time";
import { Upload } from "./components/upload";
import { byRegulation, PACK_STATES, partsOf, usePacks } from "./service";

/** The regulations of the tenant with all their versions. */
export default function Packs() {
  const query = usePacks();
  const access = accessOf(useSession().me.permissions ?? []);
  const [uploading, setUploading] = useState(false);
  return (
    <AdminPage
      section={PATHS.packs}
      title="制度"
      actions={access.may("directory:pack:create") && <Button type="primary" onClick={() => { setUploading(true); }}>录入新版本</Button>}
    >
      <Answer query={query} rows={8} empty={{ when: (packs) => packs.length === 0, show: <Empty text="还没有录入制度。录入并启用后，系统按制度确定流程和时限。" /> }}>
        {(packs) =>
          byRegulation(packs).map(({ pack, versions }) => (
            <section key={pack} className="card" aria-label={versions[0]?.title}>
              <h2>{versions[0]?.title}</h2>
              <p className="muted">{[versions[0]?.issuer, versions[0]?.documentNumber].filter(Boolean).join("　")}</p>
              <Table
                caption={`${versions[0]?.title ?? ""}的版本`}
                rows={versions}
                keyOf={({ name }) => name ?? ""}
                columns={[
                  { head: "版本", cell: ({ name }) => <Link to={to("pack", { pack, version: String(partsOf(name).version) })}>第{partsOf(name).version}版</Link> },
                  { head: "状态", cell: ({ state }) => <Tag>{PACK_STATES[state ?? "STATE_UNSPECIFIED"]}</Tag> },
                  { head: "施行", number: true, cell: ({ activeFromTime }) => moment(activeFromTime) },
                  { head: "停止施行", number: true, cell: ({ activeUntilTime }) => moment(activeUntilTime) },
                  { head: "录入", number: true, cell: ({ createTime }) => moment(createTime) },
                ]}
              />
            </section>
          ))
        }
      </Answer>
      {uploading && <Upload close={() => { setUploading(false); }} />}
    </AdminPage>
  );
}
