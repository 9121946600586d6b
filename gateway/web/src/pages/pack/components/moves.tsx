import { useInfiniteQuery, type UseQueryResult } from "@tanstack/react-query";
import { Alert, Button, Checkbox, Tag } from "antd";
import { useState } from "react";
import { Link } from "react-router";
import { answer, api, idOf } from "@/api/client";
import { ArticleButton } from "@/components/article";
import { type Action, ActionDialog } from "@/components/form/action-dialog";
import { keptName } from "@/components/form/kept";
import { text } from "@/components/form/fields";
import { More } from "@/components/more";
import { Answer, Empty } from "@/components/states";
import { to } from "@/paths";
import { useNames } from "@/shared/names";
import { type Pack } from "@/pages/packs/service";
import { moment } from "@/shared/time";
import { isInForce, type Move, type Version } from "../service";

const MOST = 50;
const CHANGES: Record<string, string> = { DIFFERENCE_ADDED: "新增", DIFFERENCE_REMOVED: "取消", DIFFERENCE_CHANGED: "改变" };

/** What would change for running matters if they went on under this version; those that are chosen are moved. */
export function Moves({ version, pack }: { version: Version; pack: Pack }) {
  const [chosen, setChosen] = useState<string[]>([]);
  const [asking, setAsking] = useState(false);
  const inForce = isInForce(pack);
  // Matters run under no such version yet, and only directory knows a version that was never put in force: its text goes along.
  const source = pack.state === "STATE_DRAFT" ? pack.source : undefined;
  const query = useInfiniteQuery({
    queryKey: ["documents", "list", "moves", version.pack, version.version, pack.state],
    initialPageParam: "",
    queryFn: ({ pageParam }) => preview(version, source, pageParam),
    getNextPageParam: (last) => last.next || undefined,
  });
  const shown = query.data?.pages.flatMap(({ moves }) => moves);
  const toggle = (name: string, on: boolean) => { setChosen(on ? [...chosen, name] : chosen.filter((each) => each !== name)); };
  return (
    <Answer query={{ ...query, data: shown } as UseQueryResult<Move[]>} rows={8} empty={{ when: (moves) => moves.length === 0 && !query.hasNextPage, show: <Empty text="没有在办事项需要转用本版。" /> }}>
      {(moves) => (
        <>
          <p className="muted">
            在办事项按登记时的版本办理。下面是转用本版后每件事项的环节和时限会怎样改变；{inForce ? `选定后才会转用，一次最多${String(MOST)}件。` : "本版尚未施行，施行后才可以转用。"}
          </p>
          <ul className="plain-list">
            {moves.map((move) => (
              <MoveCard key={move.document} move={move} chosen={chosen.includes(move.document ?? "")} toggle={inForce ? toggle : undefined} />
            ))}
          </ul>
          <More query={query} />
          {inForce && (
            <div className="form-acts">
              <Button type="primary" disabled={chosen.length === 0 || chosen.length > MOST} onClick={() => { setAsking(true); }}>
                转用本版（{chosen.length}件）
              </Button>
            </div>
          )}
          {asking && <ActionDialog action={moveAction(version, chosen)} kept={keptName("move", `${version.pack ?? ""}/${String(version.version ?? 0)}`)} close={() => { setAsking(false); }} done={() => { setChosen([]); }} />}
        </>
      )}
    </Answer>
  );
}

/** What would change for one page of what is under way. */
async function preview({ pack, version }: Version, source: string | undefined, pageToken: string): Promise<{ moves: Move[]; next: string }> {
  const running = await answer(api.GET("/v1/documents", { params: { query: { state: "DOCUMENT_STATE_RUNNING", pageSize: MOST, pageToken } } }));
  const names = (running.documents ?? []).map(({ name = "" }) => name);
  const next = running.nextPageToken ?? "";
  if (names.length === 0) return { moves: [], next };
  const found = await answer(api.POST("/v1/documents:previewPackMove", { body: { names, pack, version, source } }));
  return { moves: (found.moves ?? []).filter(({ fromVersion }) => fromVersion !== version), next };
}

function moveAction({ pack, version }: Version, names: readonly string[]): Action {
  return {
    label: "转用",
    note: "选定的事项改按本版办理，时限重新推算，环节按上面所列改变。不能撤销，可以再转用其他版本。",
    touches: ["documents", "todos", "deadlines"],
    fields: [{ name: "reason", label: "理由", kind: "area", required: true, max: 1000 }],
    send: (values, header) => answer(api.POST("/v1/documents:movePack", { params: { header }, body: { names: [...names], pack, version, reason: text(values, "reason") } })),
  };
}

function MoveCard({ move, chosen, toggle }: { move: Move; chosen: boolean; toggle?: (name: string, on: boolean) => void }) {
  const names = useNames();
  const steps = move.steps ?? [];
  const limits = move.limits ?? [];
  const name = move.document ?? "";
  return (
    <li className="card move">
      <div className="move-head">
        {!move.obstacle && toggle && <Checkbox checked={chosen} onChange={(event) => { toggle(name, event.target.checked); }} aria-label={`选定${move.title ?? ""}`} />}
        <Link to={to("document", { document: idOf(name) })}>{move.title}</Link>
        <span className="muted number">{[move.number, `第${String(move.fromVersion ?? 0)}版转第${String(move.toVersion ?? 0)}版`].filter(Boolean).join("　")}</span>
      </div>
      {move.obstacle && <Alert type="warning" showIcon title={move.obstacleText} />}
      {!move.obstacle && steps.length === 0 && limits.length === 0 && <p className="muted">环节和时限都不变。</p>}
      <ul className="move-lines">
        {steps.map((each) => (
          <li key={each.step}>
            <Tag>环节{CHANGES[each.difference ?? ""]}</Tag>
            {each.label}：{names.persons(each.personsBefore) || "无"} → {names.persons(each.personsAfter) || "无"}
          </li>
        ))}
        {limits.map((each) => (
          <li key={`${each.step ?? ""}/${each.rule ?? ""}`}>
            <Tag>时限{CHANGES[each.difference ?? ""]}</Tag>
            {[each.stepLabel, each.label].filter(Boolean).join("・")}：<span className="number">{[each.budgetBefore || "无", moment(each.previousDueTime)].filter(Boolean).join("，")} → {[each.budgetAfter || "无", moment(each.dueTime)].filter(Boolean).join("，")}</span>
            {each.overdue && <Tag className="urgency">将已逾期</Tag>} <ArticleButton citation={each.citationAfter ?? each.citationBefore} />
          </li>
        ))}
      </ul>
    </li>
  );
}
