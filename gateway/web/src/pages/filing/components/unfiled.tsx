import type { UseQueryResult } from "@tanstack/react-query";
import { Checkbox, Tag } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import { idOf } from "@/api/client";
import { ActionBar } from "@/components/form/action-bar";
import { More } from "@/components/more";
import { Answer, Empty } from "@/components/states";
import { Table } from "@/components/table";
import { to } from "@/paths";
import { moment } from "@/shared/time";
import { useVocabulary } from "@/shared/vocabulary";
import { fileThem } from "../actions";
import { type Unfiled as Row, useUnfiled } from "../service";

// The server files so many at once.
const MOST = 200;

/** What was closed in the year and is missing in its package; those that are chosen are filed. */
export function Unfiled({ year }: { year: number }) {
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const query = useUnfiled(year);
  const { word } = useVocabulary();
  const rows = query.data?.pages.flatMap(({ documents }) => documents ?? []);
  const total = query.data?.pages[0]?.total ?? 0;
  const nameOf = ({ document }: Row) => document?.name ?? "";
  const toggle = (name: string, on: boolean) => { setChosen(on ? [...chosen, name] : chosen.filter((each) => each !== name)); };
  return (
    <Answer
      query={{ ...query, data: rows } as UseQueryResult<Row[]>}
      rows={8}
      empty={{ when: (found) => found.length === 0, show: <Empty text={`${String(year)}年办结的文件都已归档，没有遗漏。`} /> }}
    >
      {(found) => {
        const unclear = found.some((row) => chosen.includes(nameOf(row)) && !row.retentionClass);
        const offered = found.slice(0, MOST).map(nameOf);
        return (
          <>
            <div className="list-head">
              <p>
                {year}年已办结、尚未归档的文件共<strong className="number">{total}</strong>件。
              </p>
              <div className="page-actions">
                <Checkbox
                  checked={chosen.length > 0 && offered.every((name) => chosen.includes(name))}
                  indeterminate={chosen.length > 0 && !offered.every((name) => chosen.includes(name))}
                  onChange={(event) => { setChosen(event.target.checked ? offered : []); }}
                >
                  全选
                </Checkbox>
                <ActionBar
                  of={`filing/${String(year)}`}
                  actions={{ file: { ...fileThem(year, chosen, unclear), label: `归档${chosen.length > 0 ? `（${String(chosen.length)}件）` : ""}` } }}
                  offered={["file"]}
                  allowed={chosen.length > 0 && chosen.length <= MOST ? ["file"] : []}
                  primary
                  done={() => { setChosen([]); }}
                />
              </div>
            </div>
            <Table
              caption="待归档文件"
              rows={found}
              keyOf={nameOf}
              columns={[
                {
                  head: "文件",
                  cell: (row) => (
                    <span className="pick">
                      <Checkbox aria-label={`选定${row.document?.title ?? ""}`} checked={chosen.includes(nameOf(row))} onChange={(event) => { toggle(nameOf(row), event.target.checked); }} />
                      <Link to={to("document", { document: idOf(nameOf(row)) })}>{row.document?.title || "（无标题）"}</Link>
                    </span>
                  ),
                },
                { head: "编号", number: true, cell: ({ document }) => document?.documentNumber || document?.registrationNumber },
                { head: "办结时间", number: true, cell: ({ document }) => moment(document?.closeTime) },
                { head: "保管期限", cell: ({ retentionClass }) => (retentionClass ? word("retention_class", retentionClass) : <Tag color="gold">归档时选定</Tag>) },
              ]}
            />
            <More query={query} />
          </>
        );
      }}
    </Answer>
  );
}
