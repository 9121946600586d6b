import { Button, Input, Select } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import { accessOf } from "@/access";
import { CLEAR } from "@/components/clear";
import { DocumentList } from "@/components/document-list";
import { Found } from "@/components/found";
import { Page } from "@/components/page";
import { to } from "@/paths";
import { useSession } from "@/session/session";
import { useAddress } from "@/shared/address";
import { DOCUMENT_KINDS, DOCUMENT_STATES } from "@/shared/words";
import { filterFrom, useDocuments } from "./service";

const options = (words: Record<string, string>) =>
  Object.entries(words)
    .filter(([, label]) => label)
    .map(([value, label]) => ({ value, label }));

/** The documents that I may see. What is filtered stands in the address. */
export default function Documents() {
  const [search, set] = useAddress();
  const filter = filterFrom(search);
  const query = useDocuments(filter);
  const [text, setText] = useState(filter.text);
  const { may } = accessOf(useSession().me.permissions ?? []);
  const change = (name: string, value: string | undefined) => { set({ [name]: value }); };
  return (
    <Page
      title="公文"
      actions={
        <>
          {may("documents:document:register") && (
            <Link to={to("register")}>
              <Button type="primary">收文登记</Button>
            </Link>
          )}
          {may("documents:document:draft") && (
            <Link to={to("drafts")}>
              <Button>拟稿</Button>
            </Link>
          )}
        </>
      }
    >
      <form className="filters" role="search" onSubmit={(event) => { event.preventDefault(); change("text", text.trim()); }}>
        <Input.Search aria-label="标题、来文单位或文号" placeholder="标题、来文单位或文号" value={text} maxLength={100} allowClear={CLEAR} onChange={(event) => { setText(event.target.value); }} onSearch={(value) => { change("text", value.trim()); }} />
        <Select aria-label="种类" placeholder="种类" allowClear={CLEAR} value={filter.kind || undefined} options={options(DOCUMENT_KINDS)} onChange={(value: string | undefined) => { change("kind", value); }} />
        <Select aria-label="状态" placeholder="状态" allowClear={CLEAR} value={filter.state || undefined} options={options(DOCUMENT_STATES)} onChange={(value: string | undefined) => { change("state", value); }} />
        <Select
          aria-label="排序"
          value={filter.order}
          options={[
            { value: "DOCUMENT_ORDER_NEWEST", label: "最新在前" },
            { value: "DOCUMENT_ORDER_OLDEST", label: "最早在前" },
          ]}
          onChange={(value) => { change("order", value === "DOCUMENT_ORDER_OLDEST" ? "oldest" : undefined); }}
        />
      </form>
      <Found query={query} word="共" nothing={filter.text || filter.kind || filter.state ? "没有符合条件的公文。" : "还没有公文。"}>
        {(pages) => <DocumentList documents={pages.flatMap((page) => page.documents ?? [])} />}
      </Found>
    </Page>
  );
}
