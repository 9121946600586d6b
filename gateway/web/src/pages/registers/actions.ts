import { answer, api, idOf, type Schemas } from "@/api/client";
import { FIELD } from "@/components/form/about";
import type { Action } from "@/components/form/action-dialog";
import type { Field, Values } from "@/components/form/fields";
import { list, text } from "@/components/form/fields";

export type Register = Schemas["xiaoneng.directory.v1.Register"];
export type RegisterField = Schemas["xiaoneng.directory.v1.RegisterField"];
export type Registration = Schemas["xiaoneng.directory.v1.Registration"];

export const TOUCHES = ["registrations", "registers", "todos"];

const KINDS: Record<string, Field["kind"]> = { person: "person", persons: "persons", unit: "unit", units: "units", texts: "tags", date: "date" };

function fieldOf({ name = "", displayName = "", type = "", required = false, values = [] }: RegisterField): Field {
  const options = values.map((value) => ({ value, label: value }));
  return { name: `f-${name}`, label: displayName, required, kind: options.length > 0 ? "code" : KINDS[type] ?? "text", max: 500, ...(options.length > 0 ? { options } : {}) };
}

/** The columns that people write; the others follow from something. */
export function written(register: Register): RegisterField[] {
  return (register.fields ?? []).filter(({ derived }) => !derived);
}

/** Enters somebody or something. */
export function add(register: Register): Action {
  const fields = written(register);
  const holder: Field[] =
    register.per === "HOLDER_UNIT" ? [{ name: "holder", label: "科室", kind: "unit", required: true }]
    : register.per === "HOLDER_PERSON" ? [{ name: "holder", label: "人员", kind: "person", required: true }]
    : register.per === "HOLDER_EACH" ? [{ name: "holder", label: "登记对象", kind: "code", required: true, options: (register.each ?? []).map((value) => ({ value, label: value })) }]
    : [];
  const prefix = register.per === "HOLDER_UNIT" ? "units/" : register.per === "HOLDER_PERSON" ? "persons/" : "";
  return {
    label: "登记",
    note: (register.approvedBy ?? []).length > 0 ? "登记后须经审定才有效；可以终止。" : "登记后立即有效；可以终止。",
    touches: TOUCHES,
    fields: [...holder, ...fields.map(fieldOf)],
    send: (values, header) =>
      answer(
        api.POST("/v1/registrations", {
          params: { header },
          body: {
            registration: {
              register: register.name ?? "",
              holder: text(values, "holder") && prefix + text(values, "holder"),
              fields: fieldsOf(fields, values).filter(({ value, values: several }) => value || several?.length),
            },
          },
        }),
      ),
  };
}

function fieldsOf(fields: readonly RegisterField[], values: Values): { name: string; value?: string; values?: string[] }[] {
  return fields.map(({ name = "" }) => ({ name, ...valueOf(values, `f-${name}`) }));
}

function valueOf(values: Values, name: string): { value?: string; values?: string[] } {
  return Array.isArray(values[name]) ? { values: list(values, name) } : { value: text(values, name) };
}

/** What may be done with an entry, by name. */
export function actionsOf(entry: Registration, register: Register): Record<string, Action> {
  const path = { registration: idOf(entry.name ?? "") };
  const fields = written(register);
  return {
    change: {
      label: "修改",
      note: "修改前后的内容都会留痕；可以再次修改。",
      touches: TOUCHES,
      fields: fields.map(fieldOf),
      initial: Object.fromEntries((entry.fields ?? []).map(({ name = "", value = "", values = [] }) => [`f-${name}`, values.length > 0 ? values : value || undefined])),
      send: (values, header) =>
        answer(api.PATCH("/v1/registrations/{registration}", { params: { path, header }, body: { registration: { name: entry.name ?? "", register: entry.register ?? "", fields: fieldsOf(fields, values) } } })),
    },
    approve: {
      label: "同意",
      note: "决定后不能更改，登记可以终止。",
      touches: TOUCHES,
      fields: [{ name: "reason", label: "意见", kind: "area", max: 500 }],
      send: (values, header) => answer(api.POST("/v1/registrations/{registration}:approve", { params: { path, header }, body: { reason: text(values, "reason") } })),
    },
    reject: {
      label: "不同意",
      note: "决定后不能更改，可以重新登记。",
      danger: true,
      touches: TOUCHES,
      fields: [{ ...FIELD.reason, max: 500 }],
      send: (values, header) => answer(api.POST("/v1/registrations/{registration}:reject", { params: { path, header }, body: { reason: text(values, "reason") } })),
    },
    end: {
      label: "终止",
      note: "终止后不能恢复，可以重新登记。",
      danger: true,
      touches: TOUCHES,
      fields: [{ name: "reason", label: "理由", kind: "area", max: 500 }],
      send: (values, header) => answer(api.POST("/v1/registrations/{registration}:end", { params: { path, header }, body: { reason: text(values, "reason") } })),
    },
  };
}
