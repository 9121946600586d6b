import { useEffect, useState } from "react";

// What opened a dialog may go a little later, when the page has been read again.
const LOOKS_MS = [0, 700, 2000];

/** Puts the focus back where it was before a dialog or a form opened; where that is gone, onto the page. */
export function useFocusBack(): void {
  const [opener] = useState(() => document.activeElement);
  useEffect(
    () => () => {
      for (const after of LOOKS_MS) setTimeout(() => { putBack(opener); }, after);
    },
    [opener],
  );
}

/** Nobody who has gone elsewhere meanwhile is called back. */
function putBack(opener: Element | null): void {
  if (document.activeElement !== null && document.activeElement !== document.body) return;
  if (opener instanceof HTMLElement && opener.isConnected && opener !== document.body) opener.focus();
  else document.getElementById("content")?.focus({ preventScroll: true });
}
