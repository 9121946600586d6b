import { useNames } from "@/shared/names";
import { CREATE_PORTFOLIO, portfolioActions } from "../person-actions";
import { type Portfolio, usePortfolios } from "../service";
import { isOver, Part } from "./part";
import { Period } from "./period";

/** Which leader is in charge of what. */
export function Portfolios({ ended }: { ended: boolean }) {
  const names = useNames();
  return (
    <Part<Portfolio>
      query={usePortfolios(ended)}
      caption="领导分工"
      empty="还没有领导分工。送分管领导的环节按分工确定。"
      create={CREATE_PORTFOLIO}
      needs="directory:portfolio:create"
      rights={{ end: "directory:portfolio:end" }}
      actionsOf={portfolioActions}
      over={({ validUntilTime }) => isOver(validUntilTime)}
      columns={[
        { head: "领导", cell: ({ person }) => names.person(person) },
        { head: "分管", cell: ({ unit, field }) => (unit ? names.unit(unit) : field) },
        { head: "期间", cell: ({ validFromTime, validUntilTime }) => <Period from={validFromTime} until={validUntilTime} /> },
      ]}
    />
  );
}
