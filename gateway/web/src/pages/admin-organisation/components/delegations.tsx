import { useNames } from "@/shared/names";
import { CREATE_DELEGATION, delegationActions } from "../person-actions";
import { type Delegation, useAllDelegations } from "../service";
import { isOver, Part } from "./part";
import { Period } from "./period";

/** Who may act for whom, of everybody. */
export function Delegations({ ended }: { ended: boolean }) {
  const names = useNames();
  return (
    <Part<Delegation>
      query={useAllDelegations(ended)}
      caption="代办授权"
      empty="现在没有人授权他人代办。"
      create={CREATE_DELEGATION}
      needs="directory:delegation:manage"
      rights={{ revoke: "directory:delegation:manage" }}
      actionsOf={delegationActions}
      over={({ validUntilTime }) => isOver(validUntilTime)}
      columns={[
        { head: "授权人", cell: ({ delegator }) => names.person(delegator) },
        { head: "代办人", cell: ({ delegate }) => names.person(delegate) },
        { head: "期间", cell: ({ validFromTime, validUntilTime }) => <Period from={validFromTime} until={validUntilTime} /> },
      ]}
    />
  );
}
