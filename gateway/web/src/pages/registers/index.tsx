import { useInfiniteQuery, useQuery, type UseQueryResult } from "@tanstack/react-query";
import { Select, Tag } from "antd";
import { accessOf } from "@/access";
import { answer, api, idOf, type Schemas } from "@/api/client";
import { ArticleButton } from "@/components/article";
import { FIELD } from "@/components/form/about";
import { ActionBar } from "@/components/form/action-bar";
import type { Action } from "@/components/form/action-dialog";
import type { Field, Values } from "@/components/form/fields";
import { list, text } from "@/components/form/fields";
import { More } from "@/components/more";
import { Page } from "@/components/page";
import { Answer, Empty } from "@/components/states";
import { Table } from "@/components/table";
import { useSession } from "@/session/session";
import { useAddress } from "@/shared/address";
import { type Names, useNames } from "@/shared/names";
import { moment } from "@/shared/time";

type Register = Schemas["xiaoneng.directory.v1.Register"];
type RegisterField = Schemas["xiaoneng.directory.v1.RegisterField"];
type Registration = Schemas["xiaoneng.directory.v1.Registration"];

const TOUCHES = ["registrations", "registers", "todos"];
const STATES: Record<string, string> = { STATE_PROPOSED: "待审定", STATE_ACTIVE: "有效", STATE_REJECTED: "未通过", STATE_ENDED: "已终止" };

/** What the regulations want kept: liaison officers, contact villages, areas; who is entered, and what is missing. */
export default function Registers() {
  const [search, set] = useAddress();
  const registers = useQuery({ queryKey: ["registers", "list"], queryFn: async () => (await answer(api.GET("/v1/registers"))).registers ?? [] });
  return (
    <Page title="登记簿">
      <Answer query={registers} rows={8} empty={{ when: (found) => found.length === 0, show: <Empty text="本单位的制度没有要求建立登记簿。" /> }}>
        {(found) => {
          const chosen = found.find(({ name }) => idOf(name ?? "") === search.get("register")) ?? found[0];
          return (
            <>
              <Select
                className="narrow"
                aria-label="登记簿"
                value={idOf(chosen?.name ?? "")}
                onChange={(register: string) => { set({ register }); }}
                options={found.map(({ name = "", displayName = "" }) => ({ value: idOf(name), label: displayName }))}
              />
              {chosen && <Entries key={chosen.name} register={chosen} />}
            </>
          );
        }}
      </Answer>
    </Page>
  );
}

function Entries({ register }: { register: Register }) {
  const name = register.name ?? "";
  const names = useNames();
  const access = accessOf(useSession().me.permissions ?? []);
  const query = useInfiniteQuery({
    queryKey: ["registrations", "list", name],
    initialPageParam: "",
    queryFn: ({ pageParam }) => answer(api.GET("/v1/registrations", { params: { query: { register: name, pageToken: pageParam } } })),
    getNextPageParam: (last) => last.nextPageToken || undefined,
  });
  const gaps = useQuery({ queryKey: ["registers", "gaps", name], queryFn: async () => (await answer(api.GET("/v1/registers:gaps", { params: { query: { register: name } } }))).gaps ?? [] });
  const rows = query.data?.pages.flatMap(({ registrations }) => registrations ?? []);
  const fields = register.fields ?? [];
  return (
    <>
      <div className="form-acts">
        {access.may("directory:registration:create") && <ActionBar actions={{ add: add(register) }} offered={["add"]} allowed={["add"]} primary />}
        <ArticleButton citation={register.citation} />
      </div>
      <Answer query={gaps} quiet empty={{ when: (found) => found.length === 0, show: null }}>
        {(found) => (
          <section className="card" aria-label="尚缺">
            <h2>尚缺（{found.length}处）</h2>
            <ul className="plain-list">
              {found.map((gap) => (
                <li key={`${gap.register ?? ""}/${gap.holder ?? ""}/${gap.reason ?? ""}`}>
                  {gap.text} {gap.overdue && <Tag className="urgency">已逾期</Tag>} {gap.dueTime && <span className="muted number">{moment(gap.dueTime)}前补齐</span>} <ArticleButton citation={gap.citation} />
                </li>
              ))}
            </ul>
          </section>
        )}
      </Answer>
      <Answer query={{ ...query, data: rows } as UseQueryResult<Registration[]>} rows={6} empty={{ when: (found) => found.length === 0, show: <Empty text="还没有登记。" /> }}>
        {(found) => (
          <Table
            caption={register.displayName ?? ""}
            rows={found}
            keyOf={(each) => each.name ?? ""}
            columns={[
              ...(register.per === "HOLDER_TENANT" ? [] : [{ head: "登记对象", cell: (each: Registration) => holderWord(each.holder ?? "", names) }]),
              ...fields.map((field) => ({ head: field.displayName ?? "", cell: (each: Registration) => valueWord(field, each, names) })),
              { head: "状态", cell: (each) => <Tag>{STATES[each.state ?? ""]}</Tag> },
              { head: "期间", number: true, cell: (each) => each.validFromTime && `${moment(each.validFromTime)}起${each.validUntilTime ? `，至${moment(each.validUntilTime)}` : ""}` },
              { head: "操作", cell: (each) => <div className="row-acts"><ActionBar actions={actionsOf(each)} offered={["approve", "reject", "end"]} allowed={allowed(each, access)} /></div> },
            ]}
          />
        )}
      </Answer>
      <More query={query} />
    </>
  );
}

function holderWord(holder: string, names: Names): string {
  if (holder.startsWith("persons/")) return names.person(holder);
  return holder.startsWith("registrations/") ? "" : names.unit(holder.replace(/^units\//, ""));
}

function valueWord({ name, type }: RegisterField, entry: Registration, names: Names): string {
  const found = entry.fields?.find((each) => each.name === name);
  if (found === undefined) return "";
  const values = found.values?.length ? found.values : [found.value ?? ""];
  const word = (value: string) => (type?.startsWith("person") ? names.person(value) : type?.startsWith("unit") ? names.unit(value) : value);
  return values.filter(Boolean).map(word).join("、");
}

function allowed({ state }: Registration, access: ReturnType<typeof accessOf>): string[] {
  if (state === "STATE_PROPOSED") return [...(access.may("directory:registration:approve") ? ["approve"] : []), ...(access.may("directory:registration:reject") ? ["reject"] : [])];
  return state === "STATE_ACTIVE" && access.may("directory:registration:end") ? ["end"] : [];
}

const KINDS: Record<string, Field["kind"]> = { person: "person", persons: "persons", unit: "unit", units: "units", texts: "tags", date: "date" };

function fieldOf({ name = "", displayName = "", type = "", required = false, values = [] }: RegisterField): Field {
  const options = values.map((value) => ({ value, label: value }));
  return { name: `f-${name}`, label: displayName, required, kind: options.length > 0 ? "code" : KINDS[type] ?? "text", max: 500, ...(options.length > 0 ? { options } : {}) };
}

function add(register: Register): Action {
  const fields = (register.fields ?? []).filter(({ derived }) => !derived);
  const holder: Field[] =
    register.per === "HOLDER_UNIT" ? [{ name: "holder", label: "科室", kind: "unit", required: true }]
    : register.per === "HOLDER_PERSON" ? [{ name: "holder", label: "人员", kind: "person", required: true }]
    : register.per === "HOLDER_EACH" ? [{ name: "holder", label: "登记对象", kind: "code", required: true, options: (register.each ?? []).map((value) => ({ value, label: value })) }]
    : [];
  const prefix = register.per === "HOLDER_UNIT" ? "units/" : register.per === "HOLDER_PERSON" ? "persons/" : "";
  return {
    label: "登记",
    note: (register.approvedBy ?? []).length > 0 ? "登记后须经审定才有效；可以终止。" : "登记后立即有效；可以终止。",
    touches: TOUCHES,
    fields: [...holder, ...fields.map(fieldOf)],
    send: (values, header) =>
      answer(
        api.POST("/v1/registrations", {
          params: { header },
          body: {
            registration: {
              register: register.name ?? "",
              holder: text(values, "holder") && prefix + text(values, "holder"),
              fields: fields.map(({ name = "" }) => ({ name, ...valueOf(values, `f-${name}`) })).filter(({ value, values: several }) => value || several?.length),
            },
          },
        }),
      ),
  };
}

function valueOf(values: Values, name: string): { value?: string; values?: string[] } {
  return Array.isArray(values[name]) ? { values: list(values, name) } : { value: text(values, name) };
}

function actionsOf(entry: Registration): Record<string, Action> {
  const path = { registration: idOf(entry.name ?? "") };
  return {
    approve: {
      label: "同意",
      note: "决定后不能更改，登记可以终止。",
      touches: TOUCHES,
      fields: [{ name: "reason", label: "意见", kind: "area", max: 500 }],
      send: (values, header) => answer(api.POST("/v1/registrations/{registration}:approve", { params: { path, header }, body: { reason: text(values, "reason") } })),
    },
    reject: {
      label: "不同意",
      note: "决定后不能更改，可以重新登记。",
      danger: true,
      touches: TOUCHES,
      fields: [{ ...FIELD.reason, max: 500 }],
      send: (values, header) => answer(api.POST("/v1/registrations/{registration}:reject", { params: { path, header }, body: { reason: text(values, "reason") } })),
    },
    end: {
      label: "终止",
      note: "终止后不能恢复，可以重新登记。",
      danger: true,
      touches: TOUCHES,
      fields: [{ name: "reason", label: "理由", kind: "area", max: 500 }],
      send: (values, header) => answer(api.POST("/v1/registrations/{registration}:end", { params: { path, header }, body: { reason: text(values, "reason") } })),
    },
  };
}
