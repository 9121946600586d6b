import type { UseQueryResult } from "@tanstack/react-query";
import { useVocabulary } from "@/shared/vocabulary";
import { type Branch, tree, useAllUnits } from "../service";
import { CREATE_UNIT, unitActions } from "../unit-actions";
import { isOver, Part } from "./part";
import { Period } from "./period";

type Row = Branch & { name?: string };

/** The tree of units. */
export function Units({ ended }: { ended: boolean }) {
  const query = useAllUnits(ended);
  const { word } = useVocabulary();
  const drawn = { ...query, data: query.data && tree(query.data).map((each): Row => ({ ...each, name: each.unit.name })) } as UseQueryResult<Row[]>;
  return (
    <Part<Row>
      query={drawn}
      caption="科室"
      empty="还没有科室。可以逐个新设，也可以在“导入导出”中用表格一次导入。"
      create={CREATE_UNIT}
      needs="directory:unit:create"
      rights={{ edit: "directory:unit:update", close: "directory:unit:close" }}
      actionsOf={({ unit }) => unitActions(unit)}
      over={({ unit }) => isOver(unit.validUntilTime)}
      columns={[
        {
          head: "名称",
          cell: ({ unit, depth }) => (
            <span className={`branch depth-${String(Math.min(depth, 5))}`}>
              {depth > 0 && <span className="visually-hidden">第{depth + 1}级：</span>}
              {unit.displayName}
              {(unit.aliases ?? []).length > 0 && <span className="muted">（{unit.aliases?.join("、")}）</span>}
            </span>
          ),
        },
        { head: "类型", cell: ({ unit }) => word("unit_kind", unit.kind) },
        { head: "期间", cell: ({ unit }) => <Period from={unit.validFromTime} until={unit.validUntilTime} /> },
      ]}
    />
  );
}
