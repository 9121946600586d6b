import { Select } from "antd";
import { Found } from "@/components/found";
import { LedgerFilters } from "@/components/ledger-filters";
import { Page } from "@/components/page";
import { SearchBox } from "@/components/search-box";
import { Empty } from "@/components/states";
import { useAddress } from "@/shared/address";
import { filterFrom } from "@/shared/ledger";
import { Hits } from "./components/hits";
import { useSearch } from "./service";

const ORDERS = [
  { value: "newest", label: "最新在前" },
  { value: "oldest", label: "最早在前" },
  { value: "number", label: "按编号" },
];

/** Finds documents by their words among everything that I may see. */
export default function Search() {
  const [search, set] = useAddress();
  const text = search.get("text")?.trim() ?? "";
  const query = useSearch(text, filterFrom(search));
  return (
    <Page title="搜索">
      <SearchBox label="搜索公文" className="search-large" />
      <LedgerFilters search={search} set={set} first={["kind", "state", "period"]} more={["documentType", "documentClass", "unit", "person", "sender", "number", "overdue"]} />
      {text === "" ? (
        <Empty text="输入标题、单位、文号、正文或附件中的词语，多个词语用空格隔开。" />
      ) : (
        <Found
          query={query}
          word="找到"
          nothing={`没有找到与“${text}”有关、您可以查看的公文。可以换一个词语，或者减少条件。`}
          beside={<Select aria-label="排序" value={search.get("order") ?? "newest"} options={ORDERS} onChange={(order) => { set({ order: order === "newest" ? undefined : order }); }} />}
        >
          {(pages) => <Hits hits={pages.flatMap((page) => page.hits ?? [])} />}
        </Found>
      )}
    </Page>
  );
}
