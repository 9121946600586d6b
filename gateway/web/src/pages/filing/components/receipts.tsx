import type { UseQueryResult } from "@tanstack/react-query";
import { ActionBar } from "@/components/form/action-bar";
import { More } from "@/components/more";
import { Answer, Empty } from "@/components/states";
import { Table } from "@/components/table";
import { useNames } from "@/shared/names";
import { dateField } from "@/shared/moments";
import { moment } from "@/shared/time";
import { receive } from "../actions";
import { type Receipt, useFiled, useReceipts } from "../service";

/** What the archive has taken over. */
export function Receipts({ year, sha256 }: { year: number; sha256: string }) {
  const query = useReceipts();
  const names = useNames();
  const classes = useFiled({ year, retentionClass: "" }).data?.pages[0]?.classes ?? [];
  const count = classes.reduce((sum, each) => sum + (each.documentCount ?? 0), 0);
  const rows = query.data?.pages.flatMap(({ receipts }) => receipts ?? []);
  return (
    <>
      <div className="form-acts">
        <ActionBar of={`archiveReceipts/${String(year)}`} actions={{ receive: receive(year, count, sha256) }} offered={["receive"]} allowed={["receive"]} primary />
      </div>
      <Answer query={{ ...query, data: rows } as UseQueryResult<Receipt[]>} empty={{ when: (found) => found.length === 0, show: <Empty text="还没有登记接收回执。归档包移交档案馆（室）后，在这里登记对方的回执。" /> }}>
        {(found) => (
          <Table
            caption="接收回执"
            rows={found}
            keyOf={({ name }) => name ?? ""}
            columns={[
              { head: "回执编号", cell: ({ receiptNumber }) => receiptNumber },
              { head: "归档年度", number: true, cell: ({ year: of }) => `${String(of)}年` },
              { head: "件数", number: true, cell: ({ documentCount }) => documentCount },
              { head: "接收日期", number: true, cell: ({ receiveDate }) => dateField(receiveDate) },
              { head: "校验值", cell: ({ packageSha256 = "" }) => <code className="checksum">{packageSha256}</code> },
              { head: "登记", number: true, cell: ({ recordedBy, recordTime }) => `${names.person(recordedBy)}　${moment(recordTime)}` },
            ]}
          />
        )}
      </Answer>
      <More query={query} />
    </>
  );
}
