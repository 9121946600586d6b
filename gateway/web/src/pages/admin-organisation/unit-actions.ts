import { answer, api, idOf } from "@/api/client";
import type { Action } from "@/components/form/action-dialog";
import { type Field, list, text, type Values } from "@/components/form/fields";
import { instantFrom } from "@/shared/moments";
import type { Unit } from "./service";

export const TOUCHES = ["units", "persons", "posts", "portfolios", "session"];

const FIELDS: readonly Field[] = [
  { name: "displayName", label: "名称", kind: "text", required: true, max: 100 },
  { name: "kind", label: "类型", kind: "code", vocabulary: "unit_kind", required: true, half: true },
  { name: "parent", label: "上级科室", kind: "unit", half: true, help: "不填则为最上一级" },
  { name: "position", label: "排列次序", kind: "int", half: true, help: "小的在前" },
  { name: "aliases", label: "其他名称", kind: "tags", help: "简称、旧称，一个一行" },
];

function unitOf(values: Values) {
  const parent = text(values, "parent");
  return {
    displayName: text(values, "displayName"),
    kind: text(values, "kind"),
    parent: parent && `units/${parent}`,
    position: typeof values.position === "number" ? values.position : 0,
    aliases: list(values, "aliases"),
  };
}

export const CREATE_UNIT: Action = {
  label: "新设科室",
  note: "设立后可以修改，也可以撤销。",
  touches: TOUCHES,
  fields: [
    ...FIELDS,
    { name: "validFromTime", label: "设立时间", kind: "moment", half: true, help: "不填则立即设立" },
    { name: "unitId", label: "代码", kind: "text", max: 63, half: true, help: "小写字母、数字和连字符；不填则自动生成，设立后不能改" },
  ],
  send: (values, header) =>
    answer(
      api.POST("/v1/units", {
        params: { header },
        body: { unitId: text(values, "unitId"), unit: { ...unitOf(values), validFromTime: instantFrom(values.validFromTime) } },
      }),
    ),
};

export function unitActions(unit: Unit): Record<string, Action> {
  const path = { unit: idOf(unit.name ?? "") };
  return {
    edit: {
      label: "修改",
      note: "修改后可以再改回来；在办事项仍由原科室承办。",
      touches: TOUCHES,
      fields: FIELDS,
      initial: { ...unit, parent: unit.parent ? idOf(unit.parent) : undefined },
      send: (values, header) =>
        answer(
          api.PATCH("/v1/units/{unit}", {
            params: { path, header },
            body: { unit: { ...unitOf(values), name: unit.name, etag: unit.etag }, updateMask: "displayName,kind,parent,aliases,position" },
          }),
        ),
    },
    close: {
      label: "撤销",
      note: "撤销后不能恢复，可以另设同名科室。科室还有在任职务或下级科室的，不能撤销。",
      danger: true,
      touches: TOUCHES,
      fields: [{ name: "endTime", label: "撤销时间", kind: "moment", help: "不填则立即撤销" }],
      send: (values, header) => answer(api.POST("/v1/units/{unit}:close", { params: { path, header }, body: { endTime: instantFrom(values.endTime) } })),
    },
  };
}
