import { Tag } from "antd";
import { Link } from "react-router";
import { idOf } from "@/api/client";
import { ArticleButton } from "@/components/article";
import { to } from "@/paths";
import { moment } from "@/shared/time";
import { rowsOf, shownLimits, type Route } from "../route";
import { StepCard } from "./step-card";

/** The route as it was walked and as it goes on; what may run at the same time stands side by side. */
export function RouteView({ route }: { route: Route }) {
  const rows = rowsOf(route.steps ?? []);
  const limits = shownLimits(route);
  if (rows.length === 0 && limits.length === 0) return null;
  return (
    <section className="card" aria-label="办理流程">
      <h2>
        办理流程
        {route.label && <span className="muted route-name">{route.label}</span>}
        <ArticleButton citation={route.citation} />
      </h2>
      {limits.map(({ name = "", label, dueTime, breached, citation }) => (
        <p key={name} className="number">
          {label}：<Link className="due-link" to={to("deadline", { deadline: idOf(name) })}>{moment(dueTime)} 前</Link> {breached && <Tag color="red">逾期</Tag>}
          <ArticleButton citation={citation} />
        </p>
      ))}
      <ol className="route">
        {rows.map(({ key, steps }) => (
          <li key={key} className={steps.length > 1 ? "branches" : ""}>
            {steps.map((step, at) => (
              <StepCard key={step.name || `${step.step ?? ""}-${String(at)}`} step={step} />
            ))}
          </li>
        ))}
      </ol>
    </section>
  );
}
