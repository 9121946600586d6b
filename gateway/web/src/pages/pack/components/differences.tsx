import { Select, Tag } from "antd";
import { Answer, Empty } from "@/components/states";
import { type Pack, partsOf } from "@/pages/packs/service";
import { useAddress } from "@/shared/address";
import { differenceWords, keyWord } from "../pack-words";
import { type Difference, PARTS, useDifferences, useKnown, useOutline, type Version } from "../service";

const CHANGES: Record<NonNullable<Difference["change"]>, string> = {
  CHANGE_UNSPECIFIED: "",
  CHANGE_ADDED: "新增",
  CHANGE_REMOVED: "删去",
  CHANGE_CHANGED: "修改",
};

/** What this version says otherwise than another one. */
export function Differences({ version, versions }: { version: Version; versions: readonly Pack[] }) {
  const [search, set] = useAddress();
  const others = versions.map(({ name }) => partsOf(name).version).filter((each) => each !== version.version).sort((a, b) => b - a);
  const before = others.find((each) => each < version.version) ?? others[0] ?? 0;
  const base = Number(search.get("base")) || before;
  const query = useDifferences(version, base);
  const outline = useOutline(version);
  const known = useKnown(outline.data);
  if (base === 0) return <Empty text="这部制度只有一个版本，没有可以对比的。" />;
  const articles = new Map((outline.data?.clauses ?? []).map(({ id = "", article = "" }) => [id, article]));
  const labels = new Map((outline.data?.rules ?? []).map(({ id = "", label = "" }) => [id, label]));
  const nameOf = ({ part = "", id = "" }: Difference): string => {
    if (part === "clause") return articles.get(id) ?? "";
    const word = part === "head" ? keyWord(id) : known(id, part);
    return labels.get(id) ?? (word === id ? "" : word);
  };
  return (
    <>
      <Select
        className="narrow"
        aria-label="对比的版本"
        value={base}
        onChange={(value: number) => { set({ base: String(value) }); }}
        options={others.map((each) => ({ value: each, label: `与第${String(each)}版对比` }))}
      />
      <Answer query={query} rows={8} empty={{ when: (found) => found.length === 0, show: <Empty text="两个版本的内容没有差异。" /> }}>
        {(found) => (
          <ul className="plain-list">
            {found.map((each) => (
              <li key={`${each.part ?? ""}/${each.id ?? ""}`} className="card difference">
                <h2>
                  <Tag color={each.change === "CHANGE_REMOVED" ? "red" : each.change === "CHANGE_ADDED" ? "green" : "gold"}>{CHANGES[each.change ?? "CHANGE_UNSPECIFIED"]}</Tag>
                  {PARTS[each.part ?? ""] ?? each.part}：<Name id={each.id ?? ""} label={nameOf(each)} />
                </h2>
                {(each.clauses ?? []).length > 0 && <p className="muted">依据：{each.clauses?.map((clause) => articles.get(clause) ?? clause).join("、")}</p>}
                {(each.words ?? []).length > 0 && (
                  <ul className="words">
                    {each.words?.map((word) => <li key={word}>{differenceWords(word, each.part ?? "", known)}</li>)}
                  </ul>
                )}
              </li>
            ))}
          </ul>
        )}
      </Answer>
    </>
  );
}

function Name({ id, label }: { id: string; label: string }) {
  return label ? <>{label}</> : <span lang="en">{id}</span>;
}
