import type { UseQueryResult } from "@tanstack/react-query";
import { Button, Checkbox, Select } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import { idOf } from "@/api/client";
import { ActionBar } from "@/components/form/action-bar";
import { More } from "@/components/more";
import { Answer, Empty, Notice, RefusalAlert } from "@/components/states";
import { Table } from "@/components/table";
import { to } from "@/paths";
import { useChange } from "@/shared/change";
import { moment } from "@/shared/time";
import { useVocabulary } from "@/shared/vocabulary";
import { proposeDestruction } from "../actions";
import { type Chosen, type Document, download, useFiled } from "../service";

interface FiledProps {
  chosen: Chosen;
  choose: (retentionClass: string) => void;
  /** Is told the checksum of a package that was downloaded. */
  downloaded: (sha256: string) => void;
}

/** The package of the year: what is in it, to be saved and handed over. */
export function Filed({ chosen, choose, downloaded }: FiledProps) {
  const [marked, setMarked] = useState<readonly string[]>([]);
  const query = useFiled(chosen);
  const { word } = useVocabulary();
  const packed = useChange({ send: download, touches: [], done: downloaded });
  const rows = query.data?.pages.flatMap(({ documents }) => documents ?? []);
  const classes = query.data?.pages[0]?.classes ?? [];
  const count = classes.filter(({ retentionClass }) => !chosen.retentionClass || retentionClass === chosen.retentionClass).reduce((sum, each) => sum + (each.documentCount ?? 0), 0);
  const toggle = (name: string, on: boolean) => { setMarked(on ? [...marked, name] : marked.filter((each) => each !== name)); };
  return (
    <Answer
      query={{ ...query, data: rows } as UseQueryResult<Document[]>}
      rows={8}
      empty={{ when: () => classes.length === 0, show: <Empty text={`${String(chosen.year)}年还没有归档的文件。在“待归档”中选定办结的文件归档。`} /> }}
    >
      {(found) => (
        <>
          <div className="list-head">
            <Select
              className="narrow"
              aria-label="保管期限"
              value={chosen.retentionClass}
              onChange={choose}
              options={[
                { value: "", label: `全部（${String(classes.reduce((sum, each) => sum + (each.documentCount ?? 0), 0))}件）` },
                ...classes.map(({ retentionClass = "", documentCount = 0 }) => ({ value: retentionClass, label: `${word("retention_class", retentionClass)}（${String(documentCount)}件）` })),
              ]}
            />
            <div className="page-actions">
              <ActionBar
                of={`filed/${String(chosen.year)}`}
                actions={{ destroy: { ...proposeDestruction(marked), label: `提请销毁（${String(marked.length)}件）` } }}
                offered={["destroy"]}
                allowed={marked.length > 0 ? ["destroy"] : []}
                done={() => { setMarked([]); }}
              />
              <Button type="primary" loading={packed.isPending} disabled={count === 0} onClick={() => { packed.mutate(chosen); }}>
                下载归档包（{count}件）
              </Button>
            </div>
          </div>
          {packed.isPending && <Notice text="正在生成归档包，文件多时需要几分钟，请不要离开本页。" />}
          {packed.isSuccess && <Notice text={`归档包已下载。校验值（SHA-256）：${packed.data}`} />}
          {packed.isError && <RefusalAlert error={packed.error} />}
          <Table
            caption="已归档文件"
            rows={found}
            keyOf={({ name }) => name ?? ""}
            columns={[
              {
                head: "文件",
                cell: ({ name = "", title }) => (
                  <span className="pick">
                    <Checkbox aria-label={`选定${title ?? ""}`} checked={marked.includes(name)} onChange={(event) => { toggle(name, event.target.checked); }} />
                    <Link to={to("document", { document: idOf(name) })}>{title || "（无标题）"}</Link>
                  </span>
                ),
              },
              { head: "档号", number: true, cell: ({ fileNumber }) => fileNumber },
              { head: "保管期限", cell: ({ retentionClass }) => word("retention_class", retentionClass) },
              { head: "归档时间", number: true, cell: ({ fileTime }) => moment(fileTime) },
            ]}
          />
          <More query={query} />
        </>
      )}
    </Answer>
  );
}
