import type { ReactNode } from "react";
import { useEffect } from "react";

interface PageProps {
  title: string;
  /** Buttons at the right of the title. */
  actions?: ReactNode;
  children: ReactNode;
}

/** The frame of a page: its title, also that of the browser's window, and what can be done. */
export function Page({ title, actions, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · 效能`;
  }, [title]);
  return (
    <div className="page">
      <div className="page-head">
        <h1>{title}</h1>
        {actions && <div className="page-actions">{actions}</div>}
      </div>
      {children}
    </div>
  );
}
