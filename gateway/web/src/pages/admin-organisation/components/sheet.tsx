import { Alert, Button } from "antd";
import { useRef, useState } from "react";
import { answer, api, type Schemas } from "@/api/client";
import { RefusalAlert } from "@/components/states";
import { Table } from "@/components/table";
import { useChange } from "@/shared/change";
import { TOUCHES } from "../unit-actions";

type Imported = Schemas["xiaoneng.directory.v1.ImportOrganisationResponse"];

interface Sent {
  workbook: string;
  dryRun: boolean;
}

/** The whole organisation as a spreadsheet: out, in, and what is wrong row by row. */
export function Sheet() {
  const field = useRef<HTMLInputElement>(null);
  const [file, setFile] = useState<{ name: string; workbook: string } | null>(null);
  const change = useChange<Sent, Imported>({
    send: ({ workbook, dryRun }, header) => answer(api.POST("/v1/organisation:import", { params: { header }, body: { workbook, dryRun } })),
    touches: TOUCHES,
  });
  const choose = (chosen: File | undefined) => {
    if (chosen === undefined) return;
    void base64(chosen).then((workbook) => {
      setFile({ name: chosen.name, workbook });
      change.reset();
      change.mutate({ workbook, dryRun: true });
    });
  };
  const checked = change.data !== undefined && change.variables?.dryRun === true;
  const sound = checked && (change.data.errors ?? []).length === 0;
  return (
    <div className="part">
      <section className="card" aria-label="导出">
        <h2>导出</h2>
        <p className="muted">导出现有的科室、人员、职务、分工和作息，修改后可以再导入。</p>
        <div className="form-acts">
          <Button href="/v1/organisation:export" download>
            导出表格
          </Button>
        </div>
      </section>
      <section className="card" aria-label="导入">
        <h2>导入</h2>
        <p className="muted">选择表格后先检查，不改动任何内容；有一行不对就一行也不导入。表中没有的人员和科室保持不变。导入后不能一次撤销，可以修改后再次导入。</p>
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
        {change.isError && <RefusalAlert error={change.error} />}
        {change.data && <Outcome found={change.data} checked={checked} />}
      </section>
    </div>
  );
}

function Outcome({ found, checked }: { found: Imported; checked: boolean }) {
  const errors = found.errors ?? [];
  const counts = `新增${String(found.created ?? 0)}行、修改${String(found.updated ?? 0)}行、不变${String(found.unchanged ?? 0)}行`;
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
