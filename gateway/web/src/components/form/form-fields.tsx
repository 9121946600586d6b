import { Checkbox, DatePicker, Form, Input, InputNumber, Radio, Select } from "antd";
import dayjs, { type Dayjs } from "dayjs";
import "dayjs/locale/zh-cn";
import type { KeyboardEvent, ReactNode } from "react";
import { idOf } from "@/api/client";
import type { Violation } from "@/api/refusal";
import { usePersons, useUnits } from "@/shared/names";
import { useVocabulary } from "@/shared/vocabulary";
import { DocumentSelect } from "./document-select";
import { type Field, rulesOf } from "./fields";
import { CLEAR } from "@/components/clear";

dayjs.locale("zh-cn");

// What a wall clock shows, without a zone: `shared/moments.ts` makes instants of it.
const WRITTEN = { date: "YYYY-MM-DD", moment: "YYYY-MM-DDTHH:mm" } as const;

/** Enter takes over the moment that was typed; it does not send the form with it. */
function holdEnter(event: KeyboardEvent<HTMLElement>): void {
  if (event.key === "Enter") event.preventDefault();
}

interface Option {
  value: string;
  label: string;
}

interface Choices {
  persons: Option[];
  units: Option[];
  terms: (vocabulary: string) => Option[];
}

function useChoices(): Choices {
  const units = useUnits().data ?? [];
  const unitNames = new Map(units.map(({ name, displayName }) => [name, displayName]));
  const persons = usePersons().data?.filter(({ kind }) => kind !== "service") ?? [];
  const vocabulary = useVocabulary();
  return {
    persons: persons.map(({ name = "", displayName = "", unit }) => ({
      value: idOf(name),
      label: unit ? `${displayName}（${unitNames.get(unit) ?? ""}）` : displayName,
    })),
    units: units.map(({ name = "", displayName = "" }) => ({ value: idOf(name), label: displayName })),
    terms: (name) => vocabulary.terms(name).map(({ code, label }) => ({ value: code, label })),
  };
}

/** The fields of an Ant Design form, from data. */
export function FormFields({ fields, errors = [] }: { fields: readonly Field[]; errors?: readonly Violation[] }) {
  const choices = useChoices();
  return (
    <div className="fields">
      {fields.map((field) => (
        <Form.Item
          key={field.name}
          name={field.name}
          label={field.kind === "check" ? undefined : field.label}
          valuePropName={field.kind === "check" ? "checked" : "value"}
          {...asWritten(field.kind)}
          extra={field.help}
          {...refusedWith(errors.find((each) => each.field === field.name))}
          className={field.half ? "half" : ""}
          rules={rulesOf(field)}
        >
          {control(field, choices)}
        </Form.Item>
      ))}
    </div>
  );
}

function refusedWith(violation: Violation | undefined) {
  return violation === undefined ? {} : { validateStatus: "error" as const, help: violation.description };
}

function asWritten(kind: Field["kind"]) {
  if (kind !== "date" && kind !== "moment") return {};
  return {
    getValueProps: (value: unknown) => ({ value: typeof value === "string" && value ? dayjs(value) : undefined }),
    normalize: (value: Dayjs | null) => value?.format(WRITTEN[kind]),
  };
}

function control(field: Field, { persons, units, terms }: Choices): ReactNode {
  const search = { showSearch: { optionFilterProp: "label" }, allowClear: CLEAR, placeholder: field.placeholder ?? "请选择" };
  switch (field.kind) {
    case "text":
      return <Input maxLength={field.max} placeholder={field.placeholder} />;
    case "area":
      return <Input.TextArea maxLength={field.max} placeholder={field.placeholder} rows={3} />;
    case "person":
      return <Select {...search} options={persons} />;
    case "persons":
      return <Select {...search} mode="multiple" options={persons} />;
    case "unit":
      return <Select {...search} options={units} />;
    case "units":
      return <Select {...search} mode="multiple" options={units} />;
    case "code":
      return <Select {...search} options={field.options?.map((each) => ({ ...each })) ?? terms(field.vocabulary ?? "")} />;
    case "codes":
      return <Select {...search} mode="multiple" options={field.options?.map((each) => ({ ...each })) ?? terms(field.vocabulary ?? "")} />;
    case "int":
      return <InputNumber controls={false} className="wide" precision={0} placeholder={field.placeholder} />;
    case "choice":
      return <Radio.Group options={field.options?.map((each) => ({ ...each }))} />;
    case "check":
      return <Checkbox>{field.label}</Checkbox>;
    case "date":
      return <DatePicker className="wide" placeholder="选择日期" onKeyDown={holdEnter} />;
    case "moment":
      return <DatePicker className="wide" showTime={{ format: "HH:mm", minuteStep: 5 }} format="YYYY-MM-DD HH:mm" placeholder="选择时间" onKeyDown={holdEnter} />;
    case "document":
      return <DocumentSelect offered={field.documents ?? { kind: "DOCUMENT_KIND_INCOMING" }} placeholder={field.placeholder} />;
    case "tags":
      return <Select mode="tags" open={false} suffixIcon={null} placeholder={field.placeholder ?? "输入后按回车"} tokenSeparators={["；", ";"]} />;
  }
}
