import { Button } from "antd";
import { answer, api } from "@/api/client";
import { SheetImport } from "@/components/sheet-import";
import { TOUCHES } from "../unit-actions";

/** The whole organisation as a spreadsheet: out, in, and what is wrong row by row. */
export function Sheet() {
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
      <SheetImport
        note="选择表格后先检查，不改动任何内容；有一行不对就一行也不导入。表中没有的人员和科室保持不变。导入后不能一次撤销，可以修改后再次导入。"
        touches={TOUCHES}
        send={async (body, header) => {
          const found = await answer(api.POST("/v1/organisation:import", { params: { header }, body }));
          return { ...found, updated: found.updated ?? 0 };
        }}
      />
    </div>
  );
}
