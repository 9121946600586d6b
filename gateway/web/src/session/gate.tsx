import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useEffect, useState } from "react";
import { answer, api, workAs, whenSignedOut } from "@/api/client";
import { refusalOf } from "@/api/refusal";
import { Loading, RefusedView } from "@/components/states";
import { listen, readAgain } from "@/live/live";
import { setZone } from "@/shared/time";
import { readSession, type Session, SessionContext, type SignedIn, type SignedOut } from "./session";
import { SessionOver } from "./session-over";
import { NoTenant, SignIn } from "./sign-in";
import { whenSwitchedElsewhere } from "./switching";

/** Lets in who is signed in; says everything that a page needs to know of the person. */
export function SessionGate({ children }: { children: ReactNode }) {
  const session = useQuery({ queryKey: ["session"], queryFn: load, staleTime: Infinity, refetchOnWindowFocus: false, retry: 1 });
  if (session.isPending) return <Loading whole />;
  if (session.isError) return <RefusedView refusal={refusalOf(session.error)} retry={() => void session.refetch()} whole />;
  const found = session.data;
  if (!found.signedIn) return <SignIn demo={found.demo} />;
  if (!("me" in found)) return <NoTenant session={found} />;
  return (
    <SessionContext.Provider value={found}>
      <Watch tenant={found.tenant} />
      {children}
    </SessionContext.Provider>
  );
}

async function load(): Promise<Session | SignedIn | SignedOut> {
  const session = await readSession();
  if (!session.signedIn) return session;
  workAs(session);
  if (!session.tenant) return session;
  const [me, tenantDetails] = await Promise.all([
    answer(api.GET("/v1/me")),
    answer(api.GET("/v1/tenants/{tenant}", { params: { path: { tenant: session.tenant } } })),
  ]);
  setZone(tenantDetails.timeZone ?? "");
  return { ...session, me, tenantDetails };
}

/** What goes on beside every page: live updates, the end of the session, a switch in another window. */
function Watch({ tenant }: { tenant: string }) {
  const client = useQueryClient();
  const [over, setOver] = useState<"ended" | "switched" | "">("");
  useEffect(() => listen(tenant, (change) => { readAgain(client, change); }), [client, tenant]);
  useEffect(() => {
    whenSignedOut(() => { setOver("ended"); });
    return whenSwitchedElsewhere(tenant, () => { setOver("switched"); });
  }, [tenant]);
  return over ? <SessionOver why={over} /> : null;
}
