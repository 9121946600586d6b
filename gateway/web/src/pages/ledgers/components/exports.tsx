import { Button, Drawer, Spin, Tag } from "antd";
import { idOf } from "@/api/client";
import { useFocusBack } from "@/components/focus-back";
import { Answer, Empty, RefusalAlert } from "@/components/states";
import { size } from "@/components/files/upload";
import type { LedgerFilter } from "@/shared/ledger";
import { moment } from "@/shared/time";
import { VIEWS, viewOf } from "../columns";
import { type Export, useCreateExport, useExports } from "../service";

/** The spreadsheets that are made in the background, and those that can be fetched. */
export default function Exports({ filter, close }: { filter: LedgerFilter; close: () => void }) {
  useFocusBack();
  const query = useExports();
  const create = useCreateExport(() => undefined);
  return (
    <Drawer open onClose={close} size="large" title="后台导出">
      <div className="exports">
        <p className="muted">数据多时在后台生成，可以离开本页；生成后待办中有提醒，过期前都可以下载。</p>
        <div className="page-actions">
          <Button type="primary" loading={create.isPending} onClick={() => { create.mutate(filter); }}>
            生成当前{VIEWS[viewOf(filter)]}
          </Button>
        </div>
        {create.isError && <RefusalAlert error={create.error} />}
        <Answer query={query} empty={{ when: (rows) => rows.length === 0, show: <Empty text="还没有后台导出。" /> }}>
          {(rows) => (
            <ul className="document-list" aria-label="导出记录">
              {rows.map((each) => (
                <Line key={each.name} made={each} />
              ))}
            </ul>
          )}
        </Answer>
      </div>
    </Drawer>
  );
}

function Line({ made }: { made: Export }) {
  const rows = Number(made.rowCount ?? 0);
  return (
    <li>
      <div className="todo-title">
        {made.state === "LEDGER_EXPORT_STATE_DONE" ? (
          <a href={`/v1/ledgerExports/${idOf(made.name ?? "")}:download`} download={made.fileName}>
            {made.fileName}
          </a>
        ) : (
          VIEWS[viewOf(made.filter ?? {})]
        )}
      </div>
      <State made={made} rows={rows} />
      <div className="todo-facts">
        <span className="number">{moment(made.createTime)} 提出</span>
        {made.state === "LEDGER_EXPORT_STATE_DONE" && (
          <>
            <span>共{rows}行</span>
            <span>{size(Number(made.size ?? 0))}</span>
            <span className="number">{moment(made.expireTime)} 前可以下载</span>
          </>
        )}
      </div>
    </li>
  );
}

function State({ made, rows }: { made: Export; rows: number }) {
  if (made.state === "LEDGER_EXPORT_STATE_DONE") return <Tag color="success">已生成</Tag>;
  if (made.state === "LEDGER_EXPORT_STATE_FAILED") return <Tag color="error">未能生成</Tag>;
  if (made.state === "LEDGER_EXPORT_STATE_EXPIRED") return <Tag>已过期</Tag>;
  return (
    <span role="status">
      <Spin size="small" /> {rows > 0 ? `已写入${String(rows)}行` : "正在生成"}
    </span>
  );
}
