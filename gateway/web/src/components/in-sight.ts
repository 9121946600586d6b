import { type RefObject, useEffect, useRef } from "react";

/** A frame that scrolls sideways and shows the chosen one of what is in it, however many there are. */
export function useInSight<Frame extends HTMLElement>(chosen: string, selector: string): RefObject<Frame | null> {
  const frame = useRef<Frame>(null);
  useEffect(() => {
    const around = frame.current;
    const found = around?.querySelector<HTMLElement>(selector);
    if (around && found) around.scrollLeft = Math.max(0, found.offsetLeft + found.offsetWidth - around.offsetLeft - around.clientWidth);
  }, [chosen, selector]);
  return frame;
}
