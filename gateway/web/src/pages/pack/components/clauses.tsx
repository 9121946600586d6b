import { Input, Tag } from "antd";
import { CLEAR } from "@/components/clear";
import { Answer, Empty } from "@/components/states";
import { useAddress } from "@/shared/address";
import { type Known, ruleWords } from "../pack-words";
import { entriesOf, matching, PARTS, type Rule, useKnown, useOutline, type Version } from "../service";

/** The articles on the left, the rules that carry them out on the right. */
export function Clauses({ version }: { version: Version }) {
  const query = useOutline(version);
  const known = useKnown(query.data);
  const [search, set] = useAddress();
  const wanted = search.get("text") ?? "";
  return (
    <>
      <Input.Search allowClear={CLEAR} defaultValue={wanted} className="narrow" aria-label="查找条文和规则" placeholder="查找条文和规则" onSearch={(text) => { set({ text: text.trim() }); }} />
      <Answer query={query} rows={10}>
        {(outline) => {
          const entries = matching(entriesOf(outline), wanted);
          if (entries.length === 0) return <Empty text="没有符合的条文。" />;
          return (
            <ol className="clauses">
              {entries.map(({ clause, rules }) => (
                <li key={clause.id} className="card clause">
                  <div>
                    <h2>{clause.article}</h2>
                    <blockquote>{clause.quote}</blockquote>
                    <div className="marks">
                      {clause.assumed && <Tag title="条文没有写明，由本单位约定">按约定执行</Tag>}
                      {clause.guidance && <Tag title="条文是倡导性的，系统不作强制">倡导性</Tag>}
                    </div>
                  </div>
                  <div>
                    {rules.length === 0 && <p className="muted">没有单独的规则。</p>}
                    {rules.map((rule) => (
                      <RuleText key={rule.id} rule={rule} article={clause.article ?? ""} known={known} />
                    ))}
                  </div>
                </li>
              ))}
            </ol>
          );
        }}
      </Answer>
    </>
  );
}

function RuleText({ rule, article, known }: { rule: Rule; article: string; known: Known }) {
  return (
    <details className="rule">
      <summary>
        <Tag>{PARTS[rule.kind ?? ""] ?? rule.kind}</Tag>
        {rule.label || `${article}的${PARTS[rule.kind ?? ""] ?? "规则"}`}
      </summary>
      <pre>{ruleWords(rule.text ?? "", known)}</pre>
    </details>
  );
}
