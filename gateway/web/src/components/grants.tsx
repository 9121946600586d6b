import { useInfiniteQuery, type UseQueryResult } from "@tanstack/react-query";
import { Tag } from "antd";
import { Link } from "react-router";
import { answer, api, idOf, type Schemas } from "@/api/client";
import { FIELD } from "@/components/form/about";
import { ActionBar } from "@/components/form/action-bar";
import type { Action } from "@/components/form/action-dialog";
import { text } from "@/components/form/fields";
import { More } from "@/components/more";
import { Answer, Empty } from "@/components/states";
import { to } from "@/paths";
import { useSession } from "@/session/session";
import { instantFrom } from "@/shared/moments";
import { type Names, useNames } from "@/shared/names";
import { moment } from "@/shared/time";

type Grant = Schemas["xiaoneng.documents.v1.AccessGrant"];
type Scope = "GRANT_SCOPE_GIVEN" | "GRANT_SCOPE_RECEIVED" | "GRANT_SCOPE_ALL";

const TOUCHES = ["accessGrants", "documents"];
const TO_WHOM = [
  { name: "person", label: "授权给（人员）", kind: "person", help: "选人员或科室其中一项" },
  { name: "unit", label: "授权给（科室）", kind: "unit" },
] as const;
const UNTIL = { name: "endTime", label: "可以查阅到", kind: "moment", required: true } as const;
const NOTE = "到期自动结束，期间可以随时收回；已经看过的不能收回。";

/** Lets somebody see one document for a time. */
export function lend(document: string): Action {
  return {
    label: "授权查阅",
    note: NOTE,
    touches: TOUCHES,
    fields: [...TO_WHOM, UNTIL, FIELD.reason],
    send: (values, header) =>
      answer(
        api.POST("/v1/accessGrants", {
          params: { header },
          body: { grantee: { person: text(values, "person"), unit: text(values, "unit") }, document, endTime: instantFrom(values.endTime) ?? "", reason: text(values, "reason") },
        }),
      ),
  };
}

/** Lets somebody see the documents of a unit for a time. */
export const LEND_UNIT: Action = {
  label: "授权查阅科室文件",
  note: NOTE,
  touches: TOUCHES,
  fields: [
    { name: "sourceUnit", label: "可以查阅的科室", kind: "unit", required: true },
    ...TO_WHOM,
    { name: "listedFrom", label: "只限此后登记的", kind: "moment", half: true, help: "不填则不限" },
    { ...UNTIL, half: true },
    FIELD.reason,
  ],
  send: (values, header) =>
    answer(
      api.POST("/v1/accessGrants", {
        params: { header },
        body: {
          grantee: { person: text(values, "person"), unit: text(values, "unit") },
          sourceUnit: text(values, "sourceUnit"),
          listedFrom: instantFrom(values.listedFrom),
          endTime: instantFrom(values.endTime) ?? "",
          reason: text(values, "reason"),
        },
      }),
    ),
};

/** Who may see what until when, because somebody said so. */
export function Grants({ scope, document = "", empty }: { scope: Scope; document?: string; empty: string }) {
  const names = useNames();
  const { person } = useSession();
  const query = useInfiniteQuery({
    queryKey: ["accessGrants", "list", scope, document],
    initialPageParam: "",
    queryFn: ({ pageParam }) => answer(api.GET("/v1/accessGrants", { params: { query: { scope, document, pageToken: pageParam } } })),
    getNextPageParam: (last) => last.nextPageToken || undefined,
  });
  const rows = query.data?.pages.flatMap(({ grants }) => grants ?? []);
  return (
    <>
      <Answer query={{ ...query, data: rows } as UseQueryResult<Grant[]>} rows={2} empty={{ when: (found) => found.length === 0, show: document ? <p className="muted">{empty}</p> : <Empty text={empty} /> }}>
        {(found) => (
          <ul className="document-list">
            {found.map((each) => (
              <li key={each.name}>
                <div>
                  <strong>
                    {whom(each, names)}可以查阅{what(each, names, document)}
                  </strong>
                  <div className="muted number">
                    {names.person(each.grantedBy)}授权，到{moment(each.endTime)}止{each.reason && `　${each.reason}`}
                  </div>
                  {each.revokeTime && (
                    <div className="muted number">
                      {names.person(each.revokedBy)}于{moment(each.revokeTime)}收回{each.revokeReason && `：${each.revokeReason}`}
                    </div>
                  )}
                </div>
                {each.revokeTime ? <Tag>已收回</Tag> : each.grantedBy === person && <ActionBar of={each.name ?? ""} actions={{ back: takeBack(each) }} offered={["back"]} allowed={["back"]} />}
              </li>
            ))}
          </ul>
        )}
      </Answer>
      <More query={query} />
    </>
  );
}

function whom({ grantee }: Grant, names: Names): string {
  return grantee?.person ? names.person(grantee.person) : names.unit(grantee?.unit);
}

function what({ document, sourceUnit }: Grant, names: Names, here: string) {
  if (!document) return `${names.unit(sourceUnit)}的文件`;
  return document === here ? "本件" : <Link to={to("document", { document: idOf(document) })}>这份文件</Link>;
}

function takeBack({ name = "" }: Grant): Action {
  return {
    label: "收回",
    note: "立即生效，不能恢复；需要时可以重新授权。",
    touches: TOUCHES,
    fields: [FIELD.reason],
    send: (values, header) => answer(api.POST("/v1/accessGrants/{accessGrant}:revoke", { params: { path: { accessGrant: idOf(name) }, header }, body: { reason: text(values, "reason") } })),
  };
}
