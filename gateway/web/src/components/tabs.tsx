import type { KeyboardEvent } from "react";
import { useInSight } from "./in-sight";

interface TabsProps<Key extends string> {
  label: string;
  tabs: { key: Key; label: string; count?: number }[];
  chosen: Key;
  choose: (key: Key) => void;
}

/** Tabs as the keyboard and screen readers know them; small, because this page is what a phone loads first. */
export function Tabs<Key extends string>({ label, tabs, chosen, choose }: TabsProps<Key>) {
  const list = useInSight<HTMLDivElement>(chosen, "[aria-selected=true]");
  const move = (event: KeyboardEvent) => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (step === 0) return;
    const at = (tabs.findIndex(({ key }) => key === chosen) + step + tabs.length) % tabs.length;
    const next = tabs[at];
    if (next === undefined) return;
    choose(next.key);
    list.current?.querySelectorAll<HTMLButtonElement>("[role=tab]")[at]?.focus();
  };
  return (
    <div className="tabs" role="tablist" aria-label={label} ref={list} tabIndex={-1} onKeyDown={move}>
      {tabs.map(({ key, label: text, count }) => (
        <button key={key} type="button" role="tab" aria-selected={key === chosen} tabIndex={key === chosen ? 0 : -1} onClick={() => { choose(key); }}>
          {text}
          {count !== undefined && count > 0 && <span className="tab-count">{count}</span>}
        </button>
      ))}
    </div>
  );
}
