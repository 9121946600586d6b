import { Button, Checkbox, Input, Select } from "antd";
import { useState } from "react";
import { idOf } from "@/api/client";
import { usePersons, useUnits } from "@/shared/names";
import { useVocabulary } from "@/shared/vocabulary";
import { choicesOf, DOCUMENT_KINDS, DOCUMENT_STATES, LEDGER_STATES } from "@/shared/words";
import { DayField } from "./day-field";
import { CLEAR } from "@/components/clear";

type Part = "text" | "kind" | "state" | "ledgerState" | "documentClass" | "documentType" | "unit" | "person" | "sender" | "number" | "period" | "overdue";

interface FiltersProps {
  search: URLSearchParams;
  set: (parts: Record<string, string | undefined>) => void;
  /** Shown at once. */
  first: readonly Part[];
  /** Shown when asked for, and when one of them narrows something. */
  more: readonly Part[];
  /** What the period is of. */
  period?: string;
}

const NAMES: Partial<Record<Part, readonly string[]>> = { period: ["from", "until"] };

/** What a list is narrowed to. All of it stands in the address. */
export function LedgerFilters({ search, set, first, more, period = "登记日期" }: FiltersProps) {
  const narrowed = more.some((part) => (NAMES[part] ?? [part]).some((name) => search.has(name)));
  const [open, setOpen] = useState(narrowed);
  const show = (part: Part) => <Control key={part} part={part} search={search} set={set} period={period} />;
  return (
    <div className="ledger-filters" role="search" aria-label="筛选条件">
      {first.map(show)}
      {open && more.map(show)}
      <Button type="link" aria-expanded={open} onClick={() => { setOpen(!open); }}>
        {open ? "收起条件" : "更多条件"}
      </Button>
    </div>
  );
}

interface ControlProps {
  part: Part;
  search: URLSearchParams;
  set: FiltersProps["set"];
  period: string;
}

const WORDS: Partial<Record<Part, string>> = { text: "标题、单位、编号或正文", sender: "来文单位", number: "编号或文号" };
const LISTS: Partial<Record<Part, { label: string; words: Record<string, string>; prefix: string }>> = {
  kind: { label: "种类", words: DOCUMENT_KINDS, prefix: "DOCUMENT_KIND_" },
  state: { label: "状态", words: DOCUMENT_STATES, prefix: "DOCUMENT_STATE_" },
  ledgerState: { label: "销号状态", words: LEDGER_STATES, prefix: "LEDGER_STATE_" },
};
const CODES: Partial<Record<Part, { label: string; vocabulary: string }>> = {
  documentClass: { label: "类别", vocabulary: "document_class" },
  documentType: { label: "文种", vocabulary: "document_type" },
};

function Control({ part, search, set, period }: ControlProps) {
  const { terms } = useVocabulary();
  const value = search.get(part) ?? "";
  const words = WORDS[part];
  if (words !== undefined) return <Words label={words} value={value} change={(text) => { set({ [part]: text }); }} />;
  if (part === "overdue") {
    return (
      <Checkbox checked={value === "yes"} onChange={(event) => { set({ overdue: event.target.checked ? "yes" : undefined }); }}>
        只看逾期
      </Checkbox>
    );
  }
  if (part === "period") {
    const [from, until] = [search.get("from") ?? "", search.get("until") ?? ""];
    return (
      <>
        <DayField label={`${period}从`} value={from} max={until} onChange={(day) => { set({ from: day }); }} />
        <DayField label={`${period}至`} value={until} min={from} onChange={(day) => { set({ until: day }); }} />
      </>
    );
  }
  if (part === "unit") return <Units value={value} change={(unit) => { set({ unit }); }} />;
  if (part === "person") return <Persons value={value} change={(person) => { set({ person }); }} />;
  const closed = LISTS[part];
  const code = CODES[part];
  const options = closed ? choicesOf(closed.words, closed.prefix) : terms(code?.vocabulary ?? "").map((term) => ({ value: term.code, label: term.label }));
  return <Choice label={closed?.label ?? code?.label ?? ""} value={value} options={options} change={(chosen) => { set({ [part]: chosen }); }} />;
}

interface ChoiceProps {
  label: string;
  value: string;
  options: { value: string; label: string }[];
  change: (value: string | undefined) => void;
}

function Choice({ label, value, options, change }: ChoiceProps) {
  return <Select aria-label={label} placeholder={label} allowClear={CLEAR} showSearch={{ optionFilterProp: "label" }} value={value || undefined} options={options} onChange={change} />;
}

function Units(props: { value: string; change: ChoiceProps["change"] }) {
  const options = (useUnits().data ?? []).map(({ name = "", displayName = "" }) => ({ value: idOf(name), label: displayName }));
  return <Choice label="科室" options={options} {...props} />;
}

function Persons(props: { value: string; change: ChoiceProps["change"] }) {
  const people = usePersons().data?.filter(({ kind }) => kind !== "service") ?? [];
  return <Choice label="经办人员" options={people.map(({ name = "", displayName = "" }) => ({ value: idOf(name), label: displayName }))} {...props} />;
}

/** Taken over with Enter, with the button, or when the field is left. */
function Words({ label, value, change }: { label: string; value: string; change: (text: string) => void }) {
  const [typed, setTyped] = useState<string | null>(null);
  const take = (text: string) => {
    setTyped(null);
    if (text.trim() !== value) change(text.trim());
  };
  return (
    <Input
      aria-label={label}
      placeholder={label}
      maxLength={100}
      allowClear={CLEAR}
      value={typed ?? value}
      onChange={(event) => {
        if (event.target.value === "") take("");
        else setTyped(event.target.value);
      }}
      onPressEnter={(event) => { take(event.currentTarget.value); }}
      onBlur={() => { if (typed !== null) take(typed); }}
    />
  );
}
