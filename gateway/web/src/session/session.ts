import { createContext, useContext } from "react";
import type { Schemas } from "@/api/client";

export interface Membership {
  tenant: string;
  displayName: string;
}

/** What `/auth/session` answers. */
export interface SignedIn {
  signedIn: true;
  person: string;
  displayName: string;
  tenant: string;
  memberships: Membership[];
  csrfHeader: string;
  csrfToken: string;
  expireTime: string;
  demo: boolean;
}

export interface SignedOut {
  signedIn: false;
  demo: boolean;
}

export type Me = Schemas["xiaoneng.directory.v1.Me"];
export type Tenant = Schemas["xiaoneng.directory.v1.Tenant"];

/** Who works here, in which tenant, with which permissions. Given once per page; another tenant is another page. */
export interface Session extends SignedIn {
  me: Me;
  tenantDetails: Tenant;
}

export const SessionContext = createContext<Session | null>(null);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === null) throw new Error("useSession stands outside of SessionGate");
  return session;
}

/** Who is here, by `/auth/session`; it is read without the typed client, whose headers it provides. */
export async function readSession(): Promise<SignedIn | SignedOut> {
  const response = await fetch("/auth/session", { headers: { accept: "application/json" } });
  if (!response.ok) throw new Error(`session: ${String(response.status)}`);
  return (await response.json()) as SignedIn | SignedOut;
}

/** Where signing in begins; afterwards the browser comes back to `returnTo`. */
export function signInAddress(returnTo: string): string {
  return `/auth/sign-in?return_to=${encodeURIComponent(returnTo)}`;
}
