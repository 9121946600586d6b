import { type ReactNode, useMemo, useState } from "react";
import { Link, NavLink, useLocation } from "react-router";
import { useQuery } from "@tanstack/react-query";
import { accessOf } from "@/access";
import { answer, api } from "@/api/client";
import AppstoreOutlined from "@ant-design/icons/AppstoreOutlined";
import SearchOutlined from "@ant-design/icons/SearchOutlined";
import { OfflineBar } from "@/components/offline-bar";
import { SearchBox } from "@/components/search-box";
import { to } from "@/paths";
import { navigationOf } from "@/routes";
import { useSession } from "@/session/session";
import { PersonMenu } from "./person-menu";

// On a phone so many entries stand side by side; the others unfold above them.
const FIRST = 4;

/** Header and navigation around a page; on a phone the navigation is at the bottom. */
export function Frame({ children }: { children: ReactNode }) {
  const { me, tenantDetails } = useSession();
  const entries = useMemo(() => navigationOf(me), [me]);
  const count = useQuery({ queryKey: ["todos", "count"], queryFn: () => answer(api.GET("/v1/todos:count")) });
  const { pathname } = useLocation();
  const [more, setMore] = useState(false);
  const folds = entries.length > FIRST + 1;
  return (
    <>
      <a className="skip" href="#content">
        跳到正文
      </a>
      <header className="bar">
        <Link className="brand" to={to("todos")} aria-label="效能，回到待办">
          <img src="/static/mark.svg" alt="" width={28} height={28} />
          <span>效能</span>
        </Link>
        <span className="tenant">{tenantDetails.displayName}</span>
        <nav className={`navigation ${more ? "unfolded" : ""}`} aria-label="主导航">
          {entries.map(({ path, label, Icon, section }, at) => (
            <NavLink key={path} to={path} onClick={() => { setMore(false); }} className={() => `${pathname.startsWith(section) ? "active" : ""} ${folds && at >= FIRST ? "folded" : ""}`} aria-current={pathname.startsWith(section) ? "page" : undefined}>
              <Icon aria-hidden />
              <span>{label}</span>
              {path === to("todos") && (count.data?.total ?? 0) > 0 && (
                <span className="count" aria-label={`${String(count.data?.total)}件`}>
                  {count.data?.total}
                </span>
              )}
            </NavLink>
          ))}
          {folds && (
            <button type="button" className={`more ${entries.slice(FIRST).some(({ section }) => pathname.startsWith(section)) ? "active" : ""}`} aria-expanded={more} onClick={() => { setMore(!more); }}>
              <AppstoreOutlined aria-hidden />
              <span>更多</span>
            </button>
          )}
        </nav>
        {accessOf(me.permissions ?? []).may("documents:document:read") && (
          <>
            <SearchBox label="搜索全部公文" className="search-bar" />
            <Link className="search-link" to={to("search")} aria-label="搜索全部公文">
              <SearchOutlined aria-hidden />
            </Link>
          </>
        )}
        <PersonMenu />
      </header>
      <OfflineBar />
      <main id="content" tabIndex={-1}>
        {children}
      </main>
    </>
  );
}
