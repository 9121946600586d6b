import { QueryClient } from "@tanstack/react-query";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type Change, listen, readAgain } from "./live";

class FakeSource extends EventTarget {
  static opened: FakeSource[] = [];
  readyState = 1;
  closed = false;

  constructor() {
    super();
    FakeSource.opened.push(this);
  }

  close(): void {
    this.closed = true;
    this.readyState = 2;
  }

  say(type: string, data: unknown = {}): void {
    this.dispatchEvent(new MessageEvent(type, { data: JSON.stringify(data) }));
  }
}

vi.stubGlobal("EventSource", FakeSource);

function window_(locks: Pick<LockManager, "request"> | undefined) {
  const heard: Change[] = [];
  const channel = { postMessage: vi.fn(), close: vi.fn(), onmessage: null as BroadcastChannel["onmessage"] };
  const stop = listen("bureau", (change) => heard.push(change), { channel, locks, source: () => new FakeSource() as unknown as EventSource });
  return { heard, channel, stop };
}

const granted = {
  request: vi.fn(async (_name: string, _options: unknown, act: () => Promise<void>) => {
    await act();
  }),
} as unknown as LockManager;
const waiting = { request: vi.fn(() => new Promise<void>(() => undefined)) } as unknown as LockManager;

afterEach(() => {
  FakeSource.opened = [];
  vi.useRealTimers();
});

describe("live updates", () => {
  it("are heard by the window that holds the stream and passed to the others", () => {
    const leader = window_(granted);
    FakeSource.opened[0]?.say("change", { read: "documents" });
    expect(leader.heard).toEqual([{ read: "documents" }]);
    expect(leader.channel.postMessage).toHaveBeenCalledWith({ read: "documents" });
    leader.stop();
    expect(FakeSource.opened[0]?.closed).toBe(true);
  });

  it("reach a window without a stream through the channel", () => {
    const follower = window_(waiting);
    expect(FakeSource.opened).toHaveLength(0);
    follower.channel.onmessage?.call(null as unknown as BroadcastChannel, new MessageEvent("message", { data: { read: "todos/1" } }));
    expect(follower.heard).toEqual([{ read: "todos/1" }]);
    follower.stop();
  });

  it("make the page read everything again after a gap", async () => {
    vi.useFakeTimers();
    const alone = window_(undefined);
    FakeSource.opened[0]?.say("ready");
    FakeSource.opened[0]?.say("end");
    await vi.advanceTimersByTimeAsync(5_000);
    expect(FakeSource.opened).toHaveLength(2);
    FakeSource.opened[1]?.say("ready");
    expect(alone.heard).toEqual([{ read: "*" }]);
    alone.stop();
  });
});

describe("a change", () => {
  const keys = [["todos", "list"], ["documents", "list"], ["documents", "a", "route"], ["documents", "b", "route"]];

  function stale(change: Change): unknown[] {
    const client = new QueryClient();
    for (const key of keys) client.setQueryData(key, 1);
    readAgain(client, change);
    return keys.filter((key) => client.getQueryState(key)?.isInvalidated).map((key) => key.join("/"));
  }

  it("of one thing concerns that thing and the lists", () => {
    expect(stale({ read: "documents/a/steps/s" })).toEqual(["documents/list", "documents/a/route"]);
  });

  it("of a collection concerns all of it", () => {
    expect(stale({ read: "documents" })).toEqual(["documents/list", "documents/a/route", "documents/b/route"]);
  });

  it("of everything concerns everything", () => {
    expect(stale({ read: "*" })).toHaveLength(4);
  });
});
