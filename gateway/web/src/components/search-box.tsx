import SearchOutlined from "@ant-design/icons/SearchOutlined";
import { useState } from "react";
import { useLocation, useNavigate, useSearchParams } from "react-router";
import { to } from "@/paths";

const MOST = 100;

/** One box for everything; what it finds stands on the page of the search. Small, because the to-do page has it too. */
export function SearchBox({ label, className }: { label: string; className: string }) {
  const [search] = useSearchParams();
  const here = useLocation().pathname === to("search");
  const said = here ? search.get("text") ?? "" : "";
  // What was typed holds until another search is shown.
  const [typed, setTyped] = useState({ text: said, over: said });
  const text = typed.over === said ? typed.text : said;
  const navigate = useNavigate();
  const find = () => {
    const wanted = text.trim();
    if (!wanted) return;
    const next = new URLSearchParams(here ? search : undefined);
    next.set("text", wanted);
    void navigate(`${to("search")}?${next.toString()}`);
  };
  return (
    <form className={`search-box ${className}`} role="search" aria-label={label} onSubmit={(event) => { event.preventDefault(); find(); }}>
      <input aria-label={label} placeholder={label} type="search" maxLength={MOST} value={text} onChange={(event) => { setTyped({ text: event.target.value, over: said }); }} />
      <button type="submit" aria-label="搜索">
        <SearchOutlined aria-hidden />
      </button>
    </form>
  );
}
