import { useSearchParams } from "react-router";

/** What stands in the address, and how a part of it is set; an empty one is taken out. */
export function useAddress(): [URLSearchParams, (parts: Record<string, string | undefined>) => void] {
  const [search, setSearch] = useSearchParams();
  const set = (parts: Record<string, string | undefined>) => {
    setSearch(
      (before) => {
        const next = new URLSearchParams(before);
        for (const [name, value] of Object.entries(parts)) {
          if (value) next.set(name, value);
          else next.delete(name);
        }
        return next;
      },
      { replace: true },
    );
  };
  return [search, set];
}
