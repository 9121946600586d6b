import { useQuery } from "@tanstack/react-query";
import { Select, Tag } from "antd";
import { useEffect, useState } from "react";
import { answer, api, idOf, type Schemas } from "@/api/client";
import { dateField } from "@/shared/moments";
import type { DocumentKind, DocumentState } from "@/shared/words";
import { DOCUMENT_STATES } from "@/shared/words";
import { likelyFirst } from "./likely";
import { CLEAR } from "@/components/clear";

type Document = Schemas["xiaoneng.documents.v1.Document"];

/** Which documents a field offers. */
export interface Offered {
  kind: DocumentKind;
  states?: readonly DocumentState[];
  /** What looks like this one is offered first; it is not offered itself. */
  like?: Document;
}

interface DocumentSelectProps {
  offered: Offered;
  placeholder?: string;
  /** From the form. */
  id?: string;
  value?: string;
  onChange?: (name: string | undefined) => void;
}

const SEARCH_AFTER_MS = 300;

/** A document that the person may see, found by its words; its value is the resource name. */
export function DocumentSelect({ offered, placeholder = "按标题、字号或单位查找", id, value, onChange }: DocumentSelectProps) {
  const [typed, setTyped] = useState("");
  const words = useLater(typed.trim());
  const found = useOffered(offered, words);
  const chosen = useChosen(value);
  const documents = found.data ?? [];
  const { likely, others } = likelyFirst(documents, offered.like ?? {});
  const known = chosen.data && !documents.some(({ name }) => name === value) ? [chosen.data] : [];
  const suspected = new Set(likely.map(({ name }) => name));
  return (
    <Select
      id={id}
      value={value}
      onChange={onChange}
      allowClear={CLEAR}
      showSearch={{ filterOption: false, onSearch: setTyped }}
      placeholder={placeholder}
      loading={found.isFetching}
      notFoundContent={found.isError ? "暂时不能查找，请稍后再试" : found.isFetching ? "正在查找…" : "没有找到您可以查看的文件"}
      options={[...likely, ...known, ...others].map(optionOf)}
      optionRender={({ value: name, label }) => (
        <div className="document-option">
          <div>
            {label} {suspected.has(String(name)) && <Tag>可能重复</Tag>}
          </div>
          <div className="muted number">{factsOf([...known, ...documents].find((each) => each.name === name))}</div>
        </div>
      )}
    />
  );
}

function optionOf({ name = "", title }: Document) {
  return { value: name, label: title || "（无标题）" };
}

function factsOf({ sender, senderNumber, senderDate, registrationNumber, documentNumber, state }: Document = {}): string {
  return [documentNumber || registrationNumber, sender, senderNumber, dateField(senderDate), state && DOCUMENT_STATES[state]].filter(Boolean).join("　");
}

/** What the server finds: by the words, or without any what has most to do with the matter. */
function useOffered({ kind, states, like }: Offered, words: string) {
  const { sender = "", senderNumber = "" } = like ?? {};
  const asked = words || sender;
  return useQuery({
    queryKey: ["documents", "list", "offered", kind, words, sender, senderNumber],
    placeholderData: (before) => before,
    queryFn: async () => {
      const same = !words && sender && senderNumber ? api.GET("/v1/documents:findDuplicates", { params: { query: { sender, senderNumber } } }) : undefined;
      const listed = answer(api.GET("/v1/documents", { params: { query: { kind, pageSize: 30, ...(asked && { text: asked }) } } }));
      return [...(same ? ((await answer(same)).documents ?? []) : []), ...((await listed).documents ?? [])];
    },
    select: (found) => found.filter(({ state }) => states === undefined || (state !== undefined && states.includes(state))),
  });
}

/** The document that is chosen already, when the form is opened again. */
function useChosen(value: string | undefined) {
  const document = idOf(value ?? "");
  return useQuery({
    queryKey: ["documents", document, "chosen"],
    enabled: document !== "",
    queryFn: () => answer(api.GET("/v1/documents/{document}", { params: { path: { document } } })),
  });
}

/** A text a little after it has changed last. */
function useLater(text: string): string {
  const [later, setLater] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => { setLater(text); }, SEARCH_AFTER_MS);
    return () => { clearTimeout(timer); };
  }, [text]);
  return later;
}
