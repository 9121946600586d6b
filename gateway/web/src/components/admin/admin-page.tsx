import { type ReactNode } from "react";
import { NavLink } from "react-router";
import { accessOf } from "@/access";
import { Refusal } from "@/api/refusal";
import { useInSight } from "@/components/in-sight";
import { Page } from "@/components/page";
import { RefusedView } from "@/components/states";
import { useSession } from "@/session/session";
import "./admin.css";
import { SECTIONS, sectionsFor } from "./sections";

interface AdminPageProps {
  /** Address of the part that the page belongs to. */
  section: string;
  title: string;
  actions?: ReactNode;
  children: ReactNode;
}

/** The frame of a page of the administration: its parts beside one another. Who may not see the part is told so. */
export function AdminPage({ section, title, actions, children }: AdminPageProps) {
  const { me } = useSession();
  const frame = useInSight<HTMLElement>(section, ".active");
  const access = accessOf(me.permissions ?? []);
  const needs = SECTIONS.find(({ path }) => path === section)?.needs ?? [];
  if (!access.mayAny(...needs)) return <RefusedView refusal={new Refusal(403, "FORBIDDEN", "您没有办理这项管理工作的权限，需要时请联系本单位的系统管理员。")} />;
  return (
    <Page title={title} actions={actions}>
      <nav className="sections" aria-label="管理" ref={frame}>
        {sectionsFor(access).map(({ path, label }) => (
          <NavLink key={path} to={path}>
            {label}
          </NavLink>
        ))}
      </nav>
      {children}
    </Page>
  );
}
