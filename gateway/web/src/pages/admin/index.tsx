import { Navigate } from "react-router";
import { accessOf } from "@/access";
import { sectionsFor } from "@/components/admin/sections";
import { PATHS } from "@/paths";
import { useSession } from "@/session/session";

/** The first part of the administration that the person may see. */
export default function Admin() {
  const { me } = useSession();
  return <Navigate to={sectionsFor(accessOf(me.permissions ?? []))[0]?.path ?? PATHS.organisation} replace />;
}
