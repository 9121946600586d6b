import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { answer, api, newKey, once } from "@/api/client";
import { Refusal } from "@/api/refusal";
import { Answer, Notice } from "@/components/states";
import type { Values } from "./fields";
import { kept, written } from "./kept";

const SAVE_AFTER_MS = 1500;
// What is sent while the tab closes must not be larger than 64 KiB.
const LAST_CHARACTERS = 20_000;

// By form, the last change on its way: what is read or forgotten after it must not overtake it.
const onTheWay = new Map<string, Promise<unknown>>();

function inTurn<T>(form: string, act: () => Promise<T>): Promise<T> {
  const turn = (onTheWay.get(form) ?? Promise.resolve()).then(act, act);
  onTheWay.set(form, turn);
  const over = () => { if (onTheWay.get(form) === turn) onTheWay.delete(form); };
  turn.then(over, over);
  return turn;
}

/** Gives what was kept of a form on the server; an empty form where nothing was, or where nobody can say. */
export function Kept({ form, children }: { form: string; children: (kept: Values) => ReactNode }) {
  const query = useQuery({
    queryKey: ["forms", form],
    // Read once per visit: what is typed here is newer than what is kept.
    gcTime: 0,
    staleTime: Infinity,
    refetchOnWindowFocus: false,
    queryFn: () => inTurn(form, () => read(form)),
  });
  return (
    <Answer query={query}>
      {({ values, unknown }) => (
        <>
          {unknown && <Notice text="未能读取上次没有提交的内容，可以直接填写。" />}
          {children(values)}
        </>
      )}
    </Answer>
  );
}

async function read(form: string): Promise<{ values: Values; unknown: boolean }> {
  try {
    return { values: kept((await answer(api.GET("/v1/forms/{form}", { params: { path: { form } } }))).content), unknown: false };
  } catch (failed) {
    // Who has to act must be able to, even while nobody knows what was typed before.
    if (failed instanceof Refusal && failed.status >= 500) return { values: {}, unknown: true };
    throw failed;
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
    const content = written(values);
    const keepalive = content.length < LAST_CHARACTERS;
    return inTurn(form, () => answer(api.POST("/v1/forms/{form}:keep", { params: { path, header: once(newKey()) }, body: { content }, keepalive })));
  });
  return {
    saved: keeper.saved,
    keep: keeper.later,
    discard: () => {
      keeper.stop();
      inTurn(form, () => answer(api.POST("/v1/forms/{form}:discard", { params: { path, header: once(newKey()) }, body: {} }))).catch(() => undefined);
    },
  };
}

/** Says that what was typed before is here again, and takes it away when the person does not want it. */
export function Restored({ shown, discard }: { shown: boolean; discard: () => void }) {
  const [there, setThere] = useState(shown);
  if (!there) return null;
  return (
    <Notice text="已恢复上次没有提交的内容。">
      <Button
        type="link"
        size="small"
        onClick={() => {
          setThere(false);
          discard();
        }}
      >
        不用了，重新填写
      </Button>
    </Notice>
  );
}
