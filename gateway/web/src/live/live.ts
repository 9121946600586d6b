import type { QueryClient } from "@tanstack/react-query";

/** What a live update says: a resource or a collection to read again; `*` for everything. */
export interface Change {
  read: string;
  type?: string;
}

const LOCK = "xiaoneng-live";
const CHANNEL = "xiaoneng-live";
const AGAIN_MS = 5_000;

interface Tools {
  channel: Pick<BroadcastChannel, "postMessage" | "close"> & { onmessage: BroadcastChannel["onmessage"] };
  locks: Pick<LockManager, "request"> | undefined;
  source: (address: string) => EventSource;
}

function browserTools(tenant: string): Tools {
  return {
    channel: new BroadcastChannel(`${CHANNEL}-${tenant}`),
    locks: (navigator as { locks?: LockManager }).locks,
    source: (address) => new EventSource(address),
  };
}

/**
 * Listens to live updates as long as the page lives. Of all windows of a browser one holds the stream and tells the others;
 * when it closes, another one takes over. Where the browser has no locks (no TLS) each window has a stream of its own.
 */
export function listen(tenant: string, told: (change: Change) => void, tools: Tools = browserTools(tenant)): () => void {
  const { channel, locks, source } = tools;
  const stop = new AbortController();
  channel.onmessage = (message: MessageEvent<Change>) => {
    told(message.data);
  };
  const lead = () =>
    stream(source, stop.signal, (change) => {
      told(change);
      if (locks !== undefined) channel.postMessage(change);
    });
  if (locks === undefined) void lead();
  else {
    locks.request(`${LOCK}-${tenant}`, { signal: stop.signal }, lead).catch((failed: unknown) => {
      if (!stop.signal.aborted) throw failed;
    });
  }
  return () => {
    stop.abort();
    channel.close();
  };
}

/** One stream after the other until told to stop. Between two of them anything may have changed, so everything is read again. */
async function stream(open: Tools["source"], signal: AbortSignal, tell: (change: Change) => void): Promise<void> {
  let first = true;
  while (!signal.aborted) {
    const again = !first;
    await new Promise<void>((ended) => {
      const events = open("/live");
      const end = () => {
        events.close();
        ended();
      };
      events.addEventListener("ready", () => {
        if (again) tell({ read: "*" });
      });
      events.addEventListener("change", (event: MessageEvent<string>) => {
        tell(JSON.parse(event.data) as Change);
      });
      events.addEventListener("end", end);
      // Once it could not be opened the browser does not try again by itself.
      events.addEventListener("error", () => {
        if (events.readyState === EventSource.CLOSED) end();
      });
      signal.addEventListener("abort", end, { once: true });
    });
    first = false;
    if (!signal.aborted) await pause(AGAIN_MS, signal);
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      done();
    });
  });
}

/** Marks as out of date what a change concerns: keys begin with the collection, then the id. */
export function readAgain(client: QueryClient, change: Change): void {
  if (change.read === "*") {
    void client.invalidateQueries();
    return;
  }
  const [collection = "", id] = change.read.split("/");
  void client.invalidateQueries({
    predicate: ({ queryKey }) => queryKey[0] === collection && (id === undefined || queryKey[1] === id || queryKey[1] === "list" || collection === "todos"),
  });
}
