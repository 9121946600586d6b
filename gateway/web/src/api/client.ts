import createClient, { type Middleware } from "openapi-fetch";
import { Refusal } from "./refusal";
import type { components, paths } from "./schema";

/** The messages of the contract by their full names. */
export type Schemas = components["schemas"];

/** What is sent to a path: `Body<"/v1/documents:register">`. */
export type Body<Path extends keyof paths, Verb extends "post" | "patch" = "post"> = paths[Path][Verb] extends {
  requestBody?: { content: { "application/json": infer Content } };
}
  ? Content
  : never;

interface Standing {
  tenant: string;
  csrfHeader: string;
  csrfToken: string;
}

let standing: Standing = { tenant: "", csrfHeader: "x-xiaoneng-csrf", csrfToken: "" };
let onSignedOut: () => void = () => undefined;

/** What every call carries: the tenant this page works in (another window may have switched), and the mark of our own pages. */
export function workAs(next: Standing): void {
  standing = next;
}

/** Who is told when an answer says that the session is over. */
export function whenSignedOut(tell: () => void): void {
  onSignedOut = tell;
}

const carried: Middleware = {
  onRequest({ request }) {
    for (const [name, value] of Object.entries(headersFor(request.method))) request.headers.set(name, value);
    return request;
  },
};

/** The headers of a call that does not go through `api`: uploads. */
export function headersFor(method: string): Record<string, string> {
  const headers: Record<string, string> = {};
  if (standing.tenant) headers["x-xiaoneng-tenant"] = standing.tenant;
  if (method !== "GET" && method !== "HEAD") headers[standing.csrfHeader] = standing.csrfToken;
  return headers;
}

/** Typed calls; give the promise to `answer`. */
export const api = createClient<paths>({ baseUrl: globalThis.location.origin, fetch: (request: Request) => fetch(request) });
api.use(carried);

/** The answer of a call. Throws a `Refusal` for everything else. */
export async function answer<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await call.catch((failed: unknown) => {
    // `fetch` throws a TypeError where nobody answers; an abort of our own goes on as it is.
    throw failed instanceof TypeError ? Refusal.offline() : failed;
  });
  if (!response.ok) {
    const refusal = Refusal.of(response.status, error);
    if (response.status === 401) onSignedOut();
    throw refusal;
  }
  return data as T;
}

/** The header that makes a change happen once, however often it is sent. One key per intention of a person. */
export function once(key: string): { "Idempotency-Key": string } {
  return { "Idempotency-Key": key };
}

/** A new key for `once`. */
export function newKey(): string {
  if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
  // Without TLS browsers offer no randomUUID.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (each) => each.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/** The last part of a resource name: `documents/1f…` → `1f…`. */
export function idOf(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1);
}
