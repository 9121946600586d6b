import { Tag } from "antd";
import { Link } from "react-router";
import { idOf, type Schemas } from "@/api/client";
import { UrgencyTag } from "@/components/urgency";
import { to } from "@/paths";
import { moment } from "@/shared/time";
import { DOCUMENT_KINDS, DOCUMENT_STATES } from "@/shared/words";
import { piecesOf } from "../marked";
import type { Hit, Snippet } from "../service";

const SOURCES: Record<Schemas["xiaoneng.documents.v1.SearchSource"], string> = {
  SEARCH_SOURCE_UNSPECIFIED: "",
  SEARCH_SOURCE_TITLE: "标题",
  SEARCH_SOURCE_SENDER: "来文单位",
  SEARCH_SOURCE_NUMBER: "编号",
  SEARCH_SOURCE_BODY: "正文",
  SEARCH_SOURCE_ATTACHMENT: "附件",
};

/** What was found, with the places where the words stand. */
export function Hits({ hits }: { hits: readonly Hit[] }) {
  return (
    <ol className="document-list hits">
      {hits.map((hit) => (
        <Line key={hit.document?.name} hit={hit} />
      ))}
    </ol>
  );
}

function Line({ hit: { document: found = {}, snippets = [] } }: { hit: Hit }) {
  const inTitle = snippets.find(({ source, text }) => source === "SEARCH_SOURCE_TITLE" && text === found.title);
  return (
    <li>
      <div className="todo-title">
        <UrgencyTag urgency={found.urgency} />
        <Link to={to("document", { document: idOf(found.name ?? "") })}>{inTitle ? <Marked snippet={inTitle} /> : found.title || "（标题不公开）"}</Link>
      </div>
      <Tag>{DOCUMENT_STATES[found.state ?? "DOCUMENT_STATE_UNSPECIFIED"]}</Tag>
      <div className="todo-facts">
        <span>{DOCUMENT_KINDS[found.kind ?? "DOCUMENT_KIND_UNSPECIFIED"]}</span>
        {(found.documentNumber || found.registrationNumber) && <span className="number">{found.documentNumber || found.registrationNumber}</span>}
        {found.sender && <span>{found.sender}</span>}
        {found.senderNumber && <span>{found.senderNumber}</span>}
        <span className="number">{moment(found.registerTime ?? found.updateTime)}</span>
      </div>
      {snippets
        .filter((snippet) => snippet !== inTitle)
        .map((snippet, at) => (
          <p key={`${snippet.source ?? ""}${String(at)}`} className="snippet">
            <span className="muted">
              {SOURCES[snippet.source ?? "SEARCH_SOURCE_UNSPECIFIED"]}
              {snippet.fileName && `《${snippet.fileName}》`}：
            </span>
            <Marked snippet={snippet} />
          </p>
        ))}
    </li>
  );
}

function Marked({ snippet }: { snippet: Snippet }) {
  return piecesOf(snippet).map(({ text, found }, at) => (found ? <mark key={at}>{text}</mark> : <span key={at}>{text}</span>));
}
