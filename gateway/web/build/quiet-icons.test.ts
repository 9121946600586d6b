import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { quietened } from "./quiet-icons.ts";

const ICON = "node_modules/@ant-design/icons/es/components/AntdIconLight.js";

it("hides the icons of the library that stands in the lock file", () => {
  const quiet = quietened(readFileSync(ICON, "utf8"));
  expect(quiet).not.toContain("icon.name\n");
  expect(quiet).toContain('"aria-hidden": true');
});

it("says when the library has changed", () => {
  expect(() => quietened("export default 1")).toThrow(/quiet-icons/);
});
