import { headersFor } from "@/api/client";
import { Refusal } from "@/api/refusal";

const CHANNEL = "xiaoneng-tenant";

async function change(address: string, body: unknown): Promise<unknown> {
  const response = await fetch(address, {
    method: "POST",
    headers: { ...headersFor("POST"), "content-type": "application/json" },
    body: JSON.stringify(body),
  }).catch(() => {
    throw Refusal.offline();
  });
  const answered: unknown = await response.json().catch(() => null);
  if (!response.ok) throw Refusal.of(response.status, answered);
  return answered;
}

/** Works in another tenant from now on, and tells the other windows. The page begins anew. */
export async function switchTenant(tenant: string): Promise<void> {
  await change("/auth/tenant", { tenant });
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage(tenant);
  channel.close();
  location.assign("/");
}

/** Tells when another window has begun to work in another tenant. */
export function whenSwitchedElsewhere(tenant: string, tell: () => void): () => void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = (message: MessageEvent<string>) => {
    if (message.data !== tenant) tell();
  };
  return () => {
    channel.close();
  };
}

/** Ends the session here and at the issuer. */
export async function signOut(): Promise<void> {
  const answered = await change("/auth/sign-out", {});
  const where = typeof answered === "object" && answered !== null && "redirectUrl" in answered ? String(answered.redirectUrl) : "/";
  location.assign(where);
}
