import { answer, api } from "@/api/client";
import { SheetImport } from "@/components/sheet-import";
import { type Register, TOUCHES, written } from "../actions";

/** Takes entries in from a spreadsheet. */
export function Import({ register }: { register: Register }) {
  const columns = ["登记对象", ...written(register).map(({ displayName = "" }) => displayName)];
  return (
    <SheetImport
      note={`表格第一行写列名：${columns.join("、")}；登记对象填姓名或科室名称。选择表格后先检查，不改动任何内容；有一行不对就一行也不导入，已经登记过的跳过。导入后不能一次撤销，可以逐条终止。`}
      touches={TOUCHES}
      send={(body, header) => answer(api.POST("/v1/registrations:import", { params: { header }, body: { ...body, register: register.name ?? "" } }))}
    />
  );
}
