import { describe, expect, it } from "vitest";
import { COLUMNS, orderOf, ordersOf, shownOf, sortOf, titleOf, VIEWS, viewOf } from "./columns";

describe("the columns of a ledger", () => {
  it("are the chosen ones in their order, each once, and none that nobody knows", () => {
    expect(shownOf("LEDGER_VIEW_INCOMING", ["LEDGER_COLUMN_DUE", "LEDGER_COLUMN_TITLE", "LEDGER_COLUMN_DUE", "LEDGER_COLUMN_COLOUR"])).toEqual(["LEDGER_COLUMN_DUE", "LEDGER_COLUMN_TITLE"]);
  });

  it("are the usual ones where nothing was chosen", () => {
    for (const view of Object.keys(VIEWS) as (keyof typeof VIEWS)[]) {
      expect(shownOf(view, undefined).slice(0, 2)).toEqual(["LEDGER_COLUMN_NUMBER", "LEDGER_COLUMN_TITLE"]);
      expect(shownOf(view, []).every((column) => COLUMNS.includes(column))).toBe(true);
    }
  });

  it("are called as each ledger calls them", () => {
    expect(titleOf("LEDGER_VIEW_INCOMING", "LEDGER_COLUMN_NUMBER")).toBe("收文编号");
    expect(titleOf("LEDGER_VIEW_OUTGOING", "LEDGER_COLUMN_OPENED")).toBe("拟稿时间");
    expect(titleOf("LEDGER_VIEW_SUPERVISED", "LEDGER_COLUMN_CLOSED")).toBe("销号时间");
  });
});

describe("the order of a ledger", () => {
  it("is offered only where the ledger has it", () => {
    for (const view of Object.keys(VIEWS) as (keyof typeof VIEWS)[]) {
      const offered = ordersOf(view).map(({ value }) => value);
      for (const column of COLUMNS) {
        for (const now of offered) {
          const next = orderOf(view, column, now);
          if (next !== undefined) expect(offered).toContain(next);
        }
      }
    }
  });

  it("turns round at the second press of the time", () => {
    expect(orderOf("LEDGER_VIEW_INCOMING", "LEDGER_COLUMN_OPENED", "LEDGER_ORDER_NEWEST")).toBe("LEDGER_ORDER_OLDEST");
    expect(orderOf("LEDGER_VIEW_INCOMING", "LEDGER_COLUMN_OPENED", "LEDGER_ORDER_OLDEST")).toBe("LEDGER_ORDER_NEWEST");
  });

  it("is told at the column that it goes by, and at no other", () => {
    expect(COLUMNS.filter((column) => sortOf(column, "LEDGER_ORDER_DUE") !== undefined)).toEqual(["LEDGER_COLUMN_DUE"]);
    expect(sortOf("LEDGER_COLUMN_OPENED", "LEDGER_ORDER_OLDEST")).toBe("ascending");
  });
});

it("takes an unknown ledger for the first", () => {
  expect(viewOf({ view: "LEDGER_VIEW_NONE" })).toBe("LEDGER_VIEW_INCOMING");
  expect(viewOf({})).toBe("LEDGER_VIEW_INCOMING");
});
