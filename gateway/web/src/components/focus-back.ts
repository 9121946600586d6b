import { useEffect, useState } from "react";

/** Puts the focus back where it was before a dialog opened; where that is gone, onto the page. */
export function useFocusBack(): void {
  const [opener] = useState(() => document.activeElement);
  useEffect(
    () => () => {
      // The dialog leaves the page first; nobody who has gone elsewhere meanwhile is called back.
      setTimeout(() => {
        if (document.activeElement !== null && document.activeElement !== document.body) return;
        const back = opener instanceof HTMLElement && opener.isConnected && opener !== document.body ? opener : document.getElementById("content");
        back?.focus({ preventScroll: back !== opener });
      });
    },
    [opener],
  );
}
