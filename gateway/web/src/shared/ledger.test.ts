import { beforeEach, describe, expect, it } from "vitest";
import { filterFrom, queryOf, searchOf } from "./ledger";
import { setZone } from "./time";

const read = (address: string) => filterFrom(new URLSearchParams(address));

describe("what an address says of a ledger", () => {
  beforeEach(() => {
    setZone("Asia/Shanghai");
  });

  it("says it in the words of the contract", () => {
    expect(read("view=incoming&order=number&state=closed&unit=river&overdue=yes")).toEqual({
      view: "LEDGER_VIEW_INCOMING",
      order: "LEDGER_ORDER_NUMBER",
      state: "DOCUMENT_STATE_CLOSED",
      unit: "river",
      overdue: true,
    });
  });

  it("takes both days of a period whole, in the tenant's zone", () => {
    expect(read("from=2026-11-01&until=2026-11-30")).toEqual({ listedFrom: "2026-10-31T16:00:00.000Z", listedUntil: "2026-11-30T16:00:00.000Z" });
  });

  it("takes no notice of a day that is none", () => {
    expect(read("from=gestern&until=2026-13-45")).toEqual({});
  });

  it("keeps the order of the columns", () => {
    expect(read("columns=due,title").columns).toEqual(["LEDGER_COLUMN_DUE", "LEDGER_COLUMN_TITLE"]);
  });

  it("gives back every address", () => {
    const address = "view=supervised&order=due&ledgerState=open&documentClass=action&sender=水利厅&text=防汛&from=2026-01-01&until=2026-12-31&overdue=yes&columns=title,overdue";
    expect(searchOf(read(address)).toString()).toBe(new URLSearchParams(address).toString());
  });

  it("leaves out of the address what a kept view does not say", () => {
    expect(searchOf({ view: "LEDGER_VIEW_OUTGOING", kind: "DOCUMENT_KIND_UNSPECIFIED", sender: "", overdue: false, columns: [] }).toString()).toBe("view=outgoing");
  });

  it("asks under the names of the contract", () => {
    expect(queryOf({ view: "LEDGER_VIEW_OUTGOING", overdue: true })).toEqual({ "filter.view": "LEDGER_VIEW_OUTGOING", "filter.overdue": true });
  });
});
