import { Button, Popover } from "antd";

export interface CitationLike {
  article?: string;
  quote?: string;
  regulation?: string;
}

/** An article with its words. */
export function ArticleText({ citation }: { citation: CitationLike }) {
  return (
    <div className="article">
      <div className="article-name">{name(citation)}</div>
      {citation.quote && <blockquote>{citation.quote}</blockquote>}
    </div>
  );
}

/** The article that something rests on: its number, on tap its words. */
export function ArticleButton({ citation }: { citation: CitationLike | undefined }) {
  if (!citation?.article) return null;
  return (
    <Popover content={<ArticleText citation={citation} />} trigger="click" classNames={{ root: "article-popover" }} placement="bottom">
      <Button type="link" size="small" className="article-button" aria-label={`依据：${name(citation)}`}>
        {citation.article}
      </Button>
    </Popover>
  );
}

function name({ regulation, article }: CitationLike): string {
  return `${regulation ? `《${regulation}》` : ""}${article ?? ""}`;
}
