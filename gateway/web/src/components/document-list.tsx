import { Tag } from "antd";
import { Link } from "react-router";
import { idOf, type Schemas } from "@/api/client";
import { UrgencyTag } from "@/components/urgency";
import { to } from "@/paths";
import { moment } from "@/shared/time";
import { useVocabulary } from "@/shared/vocabulary";
import { DOCUMENT_KINDS, DOCUMENT_STATES } from "@/shared/words";

type Document = Schemas["xiaoneng.documents.v1.Document"];

interface DocumentListProps {
  documents: readonly Document[];
  /** Where a line leads, when not to the page of the document. */
  address?: (document: Document) => string;
}

/** Documents one below the other, readable on a phone. */
export function DocumentList({ documents, address }: DocumentListProps) {
  const { word } = useVocabulary();
  return (
    <ul className="document-list">
      {documents.map((found) => (
        <li key={found.name}>
          <div className="todo-title">
            <UrgencyTag urgency={found.urgency} />
            <Link to={address?.(found) ?? to("document", { document: idOf(found.name ?? "") })}>{found.title || "（无标题）"}</Link>
          </div>
          <Tag>{DOCUMENT_STATES[found.state ?? "DOCUMENT_STATE_UNSPECIFIED"]}</Tag>
          <div className="todo-facts">
            <span>{DOCUMENT_KINDS[found.kind ?? "DOCUMENT_KIND_UNSPECIFIED"]}</span>
            {(found.registrationNumber || found.documentNumber) && <span className="number">{found.documentNumber || found.registrationNumber}</span>}
            {found.sender && <span>{found.sender}</span>}
            {found.senderNumber && <span>{found.senderNumber}</span>}
            {found.documentClass && <span>{word("document_class", found.documentClass)}</span>}
            <span className="number">{moment(found.registerTime ?? found.updateTime)}</span>
          </div>
        </li>
      ))}
    </ul>
  );
}
