import { accessOf } from "@/access";
import { ActionBar } from "@/components/form/action-bar";
import { Grants, lend } from "@/components/grants";
import { useSession } from "@/session/session";
import type { Document } from "../../service";

/** Who else may see this document, for how long. Who supervises sees what others gave, too. */
export function Lent({ document: { name = "" } }: { document: Document }) {
  const supervises = accessOf(useSession().me.permissions ?? []).may("documents:document:supervise");
  return (
    <>
      <div className="form-acts">
        <ActionBar of={name} actions={{ lend: lend(name) }} offered={["lend"]} allowed={["lend"]} />
      </div>
      <Grants scope={supervises ? "GRANT_SCOPE_ALL" : "GRANT_SCOPE_GIVEN"} document={name} empty="没有授权他人查阅本件。" />
    </>
  );
}
