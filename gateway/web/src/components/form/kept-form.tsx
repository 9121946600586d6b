import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { answer, api, newKey, once } from "@/api/client";
import { Answer } from "@/components/states";
import type { Values } from "./fields";

const SAVE_AFTER_MS = 1500;
// What is sent while the tab closes must not be larger than 64 KiB.
const LAST_CHARACTERS = 20_000;

/** Gives what was kept of a form on the server; an empty form where nothing was. */
export function Kept({ form, children }: { form: string; children: (kept: Values) => ReactNode }) {
  const query = useQuery({
    queryKey: ["forms", form],
    // Read once per visit: what is typed here is newer than what is kept.
    gcTime: 0,
    staleTime: Infinity,
    refetchOnWindowFocus: false,
    queryFn: async () => read((await answer(api.GET("/v1/forms/{form}", { params: { path: { form } } }))).content),
  });
  return <Answer query={query}>{children}</Answer>;
}

function read(content: string | undefined): Values {
  if (!content) return {};
  try {
    return JSON.parse(content) as Values;
  } catch {
    return {};
  }
}

export interface Keeper<T> {
  later: (value: T) => void;
  /** Forgets what waits to be saved. */
  stop: () => void;
  /** What the person is told. */
  saved: string;
}

/** Saves what is typed a little after the last key; what waits when the page is left or its tab put away is saved then. */
export function useKeeper<T>(save: (value: T) => Promise<unknown>): Keeper<T> {
  const [saved, setSaved] = useState("填写的内容会自动保存");
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const waiting = useRef<{ value: T } | null>(null);
  const stop = () => {
    clearTimeout(timer.current);
    waiting.current = null;
  };
  const send = () => {
    const last = waiting.current;
    stop();
    if (last === null) return;
    save(last.value).then(
      () => { setSaved("已自动保存"); },
      () => { setSaved("未能自动保存，请检查网络"); },
    );
  };
  const latest = useRef(send);
  useEffect(() => {
    latest.current = send;
  });
  useEffect(() => {
    const left = () => { if (document.visibilityState === "hidden") latest.current(); };
    document.addEventListener("visibilitychange", left);
    return () => {
      document.removeEventListener("visibilitychange", left);
      latest.current();
    };
  }, []);
  const later = (value: T) => {
    stop();
    waiting.current = { value };
    timer.current = setTimeout(() => { latest.current(); }, SAVE_AFTER_MS);
  };
  return { later, stop, saved };
}

export interface Keeping {
  keep: (values: Values) => void;
  discard: () => void;
  /** What the person is told. */
  saved: string;
}

/** Keeps a form on the server while it is filled in. */
export function useKeptForm(form: string): Keeping {
  const path = { form };
  const keeper = useKeeper((values: Values) => {
    const content = JSON.stringify(values);
    const keepalive = content.length < LAST_CHARACTERS;
    return answer(api.POST("/v1/forms/{form}:keep", { params: { path, header: once(newKey()) }, body: { content }, keepalive }));
  });
  return {
    saved: keeper.saved,
    keep: keeper.later,
    discard: () => {
      keeper.stop();
      answer(api.POST("/v1/forms/{form}:discard", { params: { path, header: once(newKey()) }, body: {} })).catch(() => undefined);
    },
  };
}
