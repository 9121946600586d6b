import { expect, it } from "vitest";
import { navigationOf } from "./routes";

const PERMISSIONS = ["documents:issue_list:read", "documents:service:handle", "documents:filing:read"];
const shown = (regulated: string[], permissions = PERMISSIONS) => navigationOf({ permissions, regulated }).map(({ label }) => label);

it("leaves out what the office's own rules do not speak of", () => {
  expect(shown(["documents.incoming"])).toEqual(["待办", "归档"]);
  expect(shown(["documents.issue_entry"])).toEqual(["待办", "发文清单", "归档"]);
  expect(shown(["documents.service"])).toEqual(["待办", "窗口", "归档"]);
});

it("leaves out what somebody may not open, whatever the rules say", () => {
  expect(shown(["documents.issue_entry", "documents.service"], [])).toEqual(["待办"]);
});
