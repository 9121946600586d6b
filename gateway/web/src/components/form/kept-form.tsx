import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { answer, api, newKey, once } from "@/api/client";
import { Answer } from "@/components/states";
import type { Values } from "./fields";

const SAVE_AFTER_MS = 3000;
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

export interface Keeping {
  keep: (values: Values) => void;
  discard: () => void;
  /** What the person is told. */
  saved: string;
}

/** Keeps a form on the server a little after the last key, also when the page is left. */
export function useKeptForm(form: string): Keeping {
  const [saved, setSaved] = useState("填写的内容会自动保存");
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const waiting = useRef<Values | null>(null);
  const send = () => {
    clearTimeout(timer.current);
    const values = waiting.current;
    waiting.current = null;
    if (values === null) return;
    const content = JSON.stringify(values);
    const keepalive = content.length < LAST_CHARACTERS;
    answer(api.POST("/v1/forms/{form}:keep", { params: { path: { form }, header: once(newKey()) }, body: { content }, keepalive })).then(
      () => { setSaved("已自动保存"); },
      () => { setSaved("未能自动保存，请检查网络"); },
    );
  };
  const last = useRef(send);
  useEffect(() => {
    last.current = send;
  });
  useEffect(() => {
    // A tab that is closed or put away says so and no more.
    const left = () => { if (document.visibilityState === "hidden") last.current(); };
    document.addEventListener("visibilitychange", left);
    return () => {
      document.removeEventListener("visibilitychange", left);
      last.current();
    };
  }, []);
  return {
    saved,
    keep: (values) => {
      waiting.current = values;
      clearTimeout(timer.current);
      timer.current = setTimeout(send, SAVE_AFTER_MS);
    },
    discard: () => {
      clearTimeout(timer.current);
      waiting.current = null;
      answer(api.POST("/v1/forms/{form}:discard", { params: { path: { form }, header: once(newKey()) }, body: {} })).catch(() => undefined);
    },
  };
}
