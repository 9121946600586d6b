import { Alert, Button } from "antd";
import { useRef, useState } from "react";
import { RefusalAlert } from "@/components/states";
import { Table } from "@/components/table";
import { useChange } from "@/shared/change";

/** One thing that is wrong in a spreadsheet. */
interface RowError {
  sheet?: string;
  row?: number;
  column?: string;
  text?: string;
}

/** What a spreadsheet would do or has done. */
export interface Imported {
  errors?: RowError[];
  created?: number;
  updated?: number;
  unchanged?: number;
}

export interface Sent {
  workbook: string;
  dryRun: boolean;
}

interface SheetImportProps {
  /** What is said before a file is chosen: also whether it can be undone. */
  note: string;
  send: (sent: Sent, header: { "Idempotency-Key": string }) => Promise<Imported>;
  touches: readonly string[];
}

/** Takes a spreadsheet in: looks first, says what is wrong row by row, and takes all of it or nothing. */
export function SheetImport({ note, send, touches }: SheetImportProps) {
  const field = useRef<HTMLInputElement>(null);
  const [file, setFile] = useState<{ name: string; workbook: string } | null>(null);
  const [unreadable, setUnreadable] = useState(false);
  const change = useChange<Sent, Imported>({ send, touches });
  const choose = (chosen: File | undefined) => {
    if (chosen === undefined) return;
    setUnreadable(false);
    base64(chosen).then(
      (workbook) => {
        setFile({ name: chosen.name, workbook });
        change.reset();
        change.mutate({ workbook, dryRun: true });
      },
      () => { setUnreadable(true); },
    );
  };
  const checked = change.data !== undefined && change.variables?.dryRun === true;
  const sound = checked && (change.data.errors ?? []).length === 0;
  return (
    <section className="card" aria-label="导入">
      <h2>导入</h2>
      <p className="muted">{note}</p>
      <input ref={field} type="file" accept=".xlsx" className="visually-hidden" tabIndex={-1} aria-label="选择表格文件" onChange={(event) => { choose(event.target.files?.[0]); event.target.value = ""; }} />
      <div className="form-acts">
        <Button onClick={() => { field.current?.click(); }} loading={change.isPending && change.variables.dryRun}>
          选择表格
        </Button>
        {file && <span className="file-name">{file.name}</span>}
        {file && sound && (
          <Button type="primary" loading={change.isPending} onClick={() => { change.mutate({ workbook: file.workbook, dryRun: false }); }}>
            确定导入
          </Button>
        )}
      </div>
      {unreadable && <Alert role="alert" type="error" showIcon title="文件无法读取，请重新选择。" />}
      {change.isError && <RefusalAlert error={change.error} />}
      {change.data && <Outcome found={change.data} checked={checked} />}
    </section>
  );
}

function Outcome({ found, checked }: { found: Imported; checked: boolean }) {
  const errors = found.errors ?? [];
  const changed = found.updated === undefined ? "" : `修改${String(found.updated)}行、`;
  const counts = `新增${String(found.created ?? 0)}行、${changed}不变${String(found.unchanged ?? 0)}行`;
  if (errors.length === 0) return <Alert role="status" type="success" showIcon title={checked ? `检查无误：将${counts}。` : `已导入：${counts}。`} />;
  return (
    <>
      <Alert role="alert" type="error" showIcon title={`有${String(errors.length)}处需要改正，没有导入任何内容。`} />
      <Table
        caption="需要改正之处"
        rows={errors}
        keyOf={(_, at) => String(at)}
        columns={[
          { head: "工作表", cell: ({ sheet }) => sheet },
          { head: "行", number: true, cell: ({ row }) => (row ? `第${String(row)}行` : "整表") },
          { head: "列", cell: ({ column }) => column },
          { head: "问题", cell: ({ text }) => text },
        ]}
      />
    </>
  );
}

/** A file as JSON carries bytes. */
function base64(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => { resolve(String(reader.result).replace(/^data:[^,]*,/, "")); };
    reader.onerror = () => { reject(new Error("unreadable")); };
    reader.readAsDataURL(file);
  });
}
