import { QueryClient } from "@tanstack/react-query";
import { Refusal } from "./refusal";

const MOST_TRIES = 3;

/**
 * Reads are kept by collection: the first part of a key is the collection that live updates name (`todos`, `documents` …),
 * the second the id, then what is asked of it.
 */
export function newQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        refetchOnWindowFocus: true,
        retry: (failures, error) => error instanceof Refusal && error.passing && error.status !== 0 && failures < MOST_TRIES,
      },
      // A change is repeated by the person, with the same key: it never happens twice.
      mutations: { retry: false },
    },
  });
}
