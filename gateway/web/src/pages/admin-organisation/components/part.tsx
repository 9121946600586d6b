import type { UseQueryResult } from "@tanstack/react-query";
import { Checkbox } from "antd";
import type { ReactNode } from "react";
import { ActionBar } from "@/components/form/action-bar";
import type { Action } from "@/components/form/action-dialog";
import { Answer, Empty } from "@/components/states";
import { type Column, Table } from "@/components/table";
import { accessOf, type Permission } from "@/access";
import { useSession } from "@/session/session";
import { useAddress } from "@/shared/address";

interface PartProps<Row extends { name?: string }> {
  query: UseQueryResult<Row[]>;
  caption: string;
  empty: string;
  columns: readonly Column<Row>[];
  create: Action;
  /** Who may make a new one. */
  needs: Permission;
  actionsOf: (row: Row) => Record<string, Action>;
  /** What each of the actions needs. */
  rights: Record<string, Permission>;
  /** Whether nothing more happens to a row. */
  over: (row: Row) => boolean;
  children?: ReactNode;
}

/** A list of the organisation with what can be done to each of its rows. */
export function Part<Row extends { name?: string }>({ query, caption, empty, columns, create, needs, actionsOf, rights, over, children }: PartProps<Row>) {
  const access = accessOf(useSession().me.permissions ?? []);
  const allowed = Object.entries(rights).filter(([, need]) => access.may(need)).map(([name]) => name);
  const acts: Column<Row> = {
    head: "操作",
    cell: (row) => (over(row) ? null : <div className="row-acts"><ActionBar of={row.name ?? ""} actions={actionsOf(row)} offered={Object.keys(rights)} allowed={allowed} /></div>),
  };
  return (
    <section className="part" aria-label={caption}>
      <div className="list-head">
        {children}
        <EndedToo />
        {access.may(needs) && (
          <div className="page-actions">
            <ActionBar of={caption} actions={{ create }} offered={["create"]} allowed={["create"]} primary />
          </div>
        )}
      </div>
      <Answer query={query} rows={8} empty={{ when: (rows) => rows.length === 0, show: <Empty text={empty} /> }}>
        {(rows) => <Table caption={caption} columns={allowed.length > 0 ? [...columns, acts] : columns} rows={rows} keyOf={({ name }) => name ?? ""} />}
      </Answer>
    </section>
  );
}

/** Whether what is over is listed too; it stands in the address, beside what all parts share. */
function EndedToo() {
  const [search, set] = useAddress();
  return (
    <Checkbox checked={search.get("ended") === "1"} onChange={(event) => { set({ ended: event.target.checked ? "1" : "" }); }}>
      也显示已经终止的
    </Checkbox>
  );
}

export function isOver(until: string | undefined): boolean {
  return until !== undefined && until <= new Date().toISOString();
}
