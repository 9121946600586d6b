import type { ReactNode } from "react";

/** A page without navigation. */
export function Plain({ title, children }: { title: string; children: ReactNode }) {
  return (
    <>
      <header className="bar">
        <a className="brand" href="/">
          <img src="/static/mark.svg" alt="" width={28} height={28} />
          效能
        </a>
      </header>
      <main className="plain">
        <h1>{title}</h1>
        {children}
      </main>
    </>
  );
}

interface ChoicesProps {
  choices: { key: string; label: string }[];
  chosen: string;
  choose: (key: string) => void;
}

/** Large buttons one below the other. */
export function Choices({ choices, chosen, choose }: ChoicesProps) {
  return (
    <ul className="choices">
      {choices.map(({ key, label }) => (
        <li key={key}>
          <button type="button" className="choice" aria-current={key === chosen} disabled={key === chosen} onClick={() => { choose(key); }}>
            {label}
            {key === chosen && "（当前）"}
          </button>
        </li>
      ))}
    </ul>
  );
}
