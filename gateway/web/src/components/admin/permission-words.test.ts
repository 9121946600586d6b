import { expect, it } from "vitest";
import { permissionWord } from "./permission-words";

it("says a permission in Chinese", () => {
  expect(permissionWord("documents:document:register")).toBe("公文：公文·登记");
  expect(permissionWord("directory:unit:close")).toBe("组织：科室·撤销");
});

it("shows what it does not know as it is", () => {
  expect(permissionWord("meetings:room:book")).toBe("meetings：room·book");
});
