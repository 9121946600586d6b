import { useInfiniteQuery, useQuery, type UseQueryResult } from "@tanstack/react-query";
import { Button, Select, Tag } from "antd";
import { type Access, accessOf } from "@/access";
import { answer, api, idOf } from "@/api/client";
import { ArticleButton } from "@/components/article";
import { ActionBar } from "@/components/form/action-bar";
import { More } from "@/components/more";
import { Page } from "@/components/page";
import { Answer, Empty } from "@/components/states";
import { Table } from "@/components/table";
import { useSession } from "@/session/session";
import { useAddress } from "@/shared/address";
import { type Names, useNames } from "@/shared/names";
import { moment } from "@/shared/time";
import { actionsOf, add, type Register, type RegisterField, type Registration, written } from "./actions";
import { Gaps } from "./components/gaps";
import { Import } from "./components/import";

const STATES: Record<string, string> = { STATE_PROPOSED: "待审定", STATE_ACTIVE: "有效", STATE_REJECTED: "未通过", STATE_ENDED: "已终止" };

/** What the regulations want kept: liaison officers, contact villages, areas; who is entered, and what is missing. */
export default function Registers() {
  const [search, set] = useAddress();
  const importing = search.get("import") === "open";
  const registers = useQuery({ queryKey: ["registers", "list"], queryFn: async () => (await answer(api.GET("/v1/registers"))).registers ?? [] });
  const access = accessOf(useSession().me.permissions ?? []);
  return (
    <Page title="登记簿">
      <Answer query={registers} rows={8} empty={{ when: (found) => found.length === 0, show: <Empty text="本单位的制度没有要求建立登记簿。" /> }}>
        {(found) => {
          const chosen = found.find(({ name }) => idOf(name ?? "") === search.get("register")) ?? found[0];
          return (
            <>
              <div className="list-head">
                <div className="form-acts">
                  <Select
                    className="narrow"
                    aria-label="登记簿"
                    value={idOf(chosen?.name ?? "")}
                    onChange={(register: string) => { set({ register }); }}
                    options={found.map(({ name = "", displayName = "" }) => ({ value: idOf(name), label: displayName }))}
                  />
                  <ArticleButton citation={chosen?.citation} />
                </div>
                {chosen && access.may("directory:registration:create") && (
                  <div className="page-actions">
                    <ActionBar of={chosen.name ?? ""} actions={{ add: add(chosen) }} offered={["add"]} allowed={["add"]} primary />
                    <Button onClick={() => { set({ import: importing ? undefined : "open" }); }} aria-expanded={importing}>
                      从表格导入
                    </Button>
                  </div>
                )}
              </div>
              {chosen && importing && <Import key={`import-${chosen.name ?? ""}`} register={chosen} />}
              {chosen && <Entries key={chosen.name} register={chosen} access={access} />}
            </>
          );
        }}
      </Answer>
    </Page>
  );
}

function Entries({ register, access }: { register: Register; access: Access }) {
  const name = register.name ?? "";
  const names = useNames();
  const query = useInfiniteQuery({
    queryKey: ["registrations", "list", name],
    initialPageParam: "",
    queryFn: ({ pageParam }) => answer(api.GET("/v1/registrations", { params: { query: { register: name, pageToken: pageParam } } })),
    getNextPageParam: (last) => last.nextPageToken || undefined,
  });
  const rows = query.data?.pages.flatMap(({ registrations }) => registrations ?? []);
  const fields = register.fields ?? [];
  return (
    <>
      <Gaps register={register} />
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
              { head: "操作", cell: (each) => <div className="row-acts"><ActionBar of={each.name ?? ""} actions={actionsOf(each, register)} offered={["approve", "reject", "change", "end"]} allowed={allowed(each, register, access)} /></div> },
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

function allowed({ state }: Registration, register: Register, access: Access): string[] {
  if (state === "STATE_PROPOSED") return [...(access.may("directory:registration:approve") ? ["approve"] : []), ...(access.may("directory:registration:reject") ? ["reject"] : [])];
  if (state !== "STATE_ACTIVE") return [];
  // What others have consented to is ended and proposed anew.
  const change = access.may("directory:registration:create") && (register.approvedBy ?? []).length === 0 && written(register).length > 0;
  return [...(change ? ["change"] : []), ...(access.may("directory:registration:end") ? ["end"] : [])];
}

