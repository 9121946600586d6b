import { useQuery } from "@tanstack/react-query";
import { Tag } from "antd";
import { answer, api } from "@/api/client";
import { ArticleButton } from "@/components/article";
import { Answer } from "@/components/states";
import { moment } from "@/shared/time";
import type { Register } from "../actions";

const FEW = 5;

/** What the regulation wants entered and nobody has; a long list is folded. */
export function Gaps({ register }: { register: Register }) {
  const name = register.name ?? "";
  const gaps = useQuery({ queryKey: ["registers", "gaps", name], queryFn: async () => (await answer(api.GET("/v1/registers:gaps", { params: { query: { register: name } } }))).gaps ?? [] });
  return (
    <Answer query={gaps} quiet empty={{ when: (found) => found.length === 0, show: null }}>
      {(found) => (
        <section className="card" aria-label="尚缺">
          <details className="gaps" open={found.length <= FEW}>
            <summary>尚缺{found.length}处{found.some(({ overdue }) => overdue) && "，其中有逾期未补的"}</summary>
            <ul className="plain-list columns">
              {found.map((gap) => (
                <li key={`${gap.register ?? ""}/${gap.holder ?? ""}/${gap.reason ?? ""}`}>
                  {gap.text} {gap.overdue && <Tag className="urgency">已逾期</Tag>} {gap.dueTime && <span className="muted number">{moment(gap.dueTime)}前补齐</span>}{" "}
                  {gap.citation?.clause !== register.citation?.clause && <ArticleButton citation={gap.citation} />}
                </li>
              ))}
            </ul>
          </details>
        </section>
      )}
    </Answer>
  );
}
