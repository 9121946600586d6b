import { Button, Checkbox, Popover } from "antd";
import type { Column, View } from "@/shared/ledger";
import { COLUMNS, titleOf } from "../columns";

interface ChooseColumnsProps {
  view: View;
  shown: readonly Column[];
  choose: (columns: readonly Column[] | undefined) => void;
}

/** Which columns are shown, and exported. The last one stays. */
export function ChooseColumns({ view, shown, choose }: ChooseColumnsProps) {
  const content = (
    <fieldset className="choose-columns">
      <legend className="visually-hidden">显示的列</legend>
      {COLUMNS.map((column) => {
        const on = shown.includes(column);
        return (
          <Checkbox key={column} checked={on} disabled={on && shown.length === 1} onChange={() => { choose(COLUMNS.filter((each) => (each === column ? !on : shown.includes(each)))); }}>
            {titleOf(view, column)}
          </Checkbox>
        );
      })}
      <Button size="small" onClick={() => { choose(undefined); }}>
        恢复默认
      </Button>
    </fieldset>
  );
  return (
    <Popover content={content} trigger="click" placement="bottomRight">
      <Button aria-haspopup="dialog">选择列</Button>
    </Popover>
  );
}
