import { Button, Tag } from "antd";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { idOf } from "@/api/client";
import { ArticleButton } from "@/components/article";
import { to } from "@/paths";
import type { Column, Order, View } from "@/shared/ledger";
import { useNames } from "@/shared/names";
import { useVocabulary } from "@/shared/vocabulary";
import { type Entry, orderOf, sortOf, textOf, titleOf, VIEWS } from "../columns";

interface LedgerTableProps {
  entries: readonly Entry[];
  view: View;
  columns: readonly Column[];
  order: Order;
  sort: (order: Order) => void;
}

const NUMBERS = new Set<Column>(["LEDGER_COLUMN_NUMBER", "LEDGER_COLUMN_SENDER_NUMBER", "LEDGER_COLUMN_OPENED", "LEDGER_COLUMN_DUE", "LEDGER_COLUMN_CLOSED", "LEDGER_COLUMN_MARGIN"]);
const SORTED = { ascending: "▲", descending: "▼" };

/** The lines of a ledger: a table, on a phone one card per line. */
export function LedgerTable({ entries, view, columns, order, sort }: LedgerTableProps) {
  const names = useNames();
  const { word } = useVocabulary();
  const cell = (entry: Entry, column: Column): ReactNode => {
    const text = textOf(entry, column, view, names, word);
    if (column === "LEDGER_COLUMN_TITLE") return <Link to={to("document", { document: idOf(entry.document ?? "") })}>{text || "（标题不公开）"}</Link>;
    if (column === "LEDGER_COLUMN_BASIS") return <ArticleButton citation={entry.citation} />;
    if (column === "LEDGER_COLUMN_OVERDUE" && entry.overdue) return <Tag color="error">逾期</Tag>;
    return text;
  };
  return (
    // A frame that scrolls can be reached with the keyboard.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className="card ledger" role="region" aria-label={VIEWS[view]} tabIndex={0}>
      <table className="ledger-table">
        <thead>
          <tr>
            {columns.map((column) => {
              const next = orderOf(view, column, order);
              const sorted = sortOf(column, order);
              return (
                <th key={column} scope="col" aria-sort={sorted}>
                  {next === undefined ? (
                    titleOf(view, column)
                  ) : (
                    <Button type="text" size="small" className="sort" onClick={() => { sort(next); }}>
                      {titleOf(view, column)} <span aria-hidden>{sorted ? SORTED[sorted] : "↕"}</span>
                    </Button>
                  )}
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => (
            <tr key={entry.document}>
              {columns.map((column) => (
                <td key={column} data-label={titleOf(view, column)} data-column={column.slice("LEDGER_COLUMN_".length).toLowerCase()} className={NUMBERS.has(column) ? "number" : ""}>
                  {cell(entry, column)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
