import type { UseQueryResult } from "@tanstack/react-query";
import { Input, Popover, Button } from "antd";
import { permissionWord } from "@/components/admin/permission-words";
import { useAddress } from "@/shared/address";
import { useNames } from "@/shared/names";
import { useSession } from "@/session/session";
import { CREATE_PERSON, personActions } from "../person-actions";
import { type Person, useAllPersons } from "../service";
import { isOver, Part } from "./part";
import { Period } from "./period";
import { CLEAR } from "@/components/clear";

/** The persons of the tenant, with what they may do beside what follows from their posts. */
export function Persons({ ended }: { ended: boolean }) {
  const [search, set] = useAddress();
  const query = useAllPersons(ended);
  const names = useNames();
  const { me } = useSession();
  const wanted = search.get("text") ?? "";
  const found = query.data?.filter(({ displayName, unit }) => !wanted || `${displayName ?? ""} ${names.unit(unit)}`.includes(wanted));
  return (
    <Part<Person>
      query={{ ...query, data: found } as UseQueryResult<Person[]>}
      caption="人员"
      empty={wanted ? "没有符合条件的人员。" : "还没有人员。"}
      create={CREATE_PERSON}
      needs="directory:person:create"
      rights={{
        edit: "directory:person:update",
        permissions: "directory:permission:set",
        bind: "directory:binding:create",
        unbind: "directory:binding:delete",
        end: "directory:person:end",
      }}
      actionsOf={(person) => personActions(person, me.permissions ?? [], permissionWord)}
      over={({ validUntilTime }) => isOver(validUntilTime)}
      columns={[
        { head: "姓名", cell: ({ displayName, kind }) => <>{displayName}{kind === "service" && <span className="muted">（外部系统）</span>}</> },
        { head: "科室", cell: ({ unit }) => names.unit(unit) },
        { head: "联系方式", cell: ({ mobile, email }) => <span className="number">{[mobile, email].filter(Boolean).join("、")}</span> },
        { head: "另授权限", cell: ({ permissions, displayName }) => <Held permissions={permissions ?? []} of={displayName ?? ""} /> },
        { head: "期间", cell: ({ validFromTime, validUntilTime }) => <Period from={validFromTime} until={validUntilTime} /> },
      ]}
    >
      <Input.Search allowClear={CLEAR} defaultValue={wanted} placeholder="按姓名、科室查找" aria-label="按姓名、科室查找" className="narrow" onSearch={(text) => { set({ text: text.trim() }); }} />
    </Part>
  );
}

function Held({ permissions, of }: { permissions: readonly string[]; of: string }) {
  if (permissions.length === 0) return <span className="muted">无</span>;
  return (
    <Popover trigger="click" content={<ul className="held">{permissions.map((each) => <li key={each}>{permissionWord(each)}</li>)}</ul>}>
      <Button type="link" size="small" className="article-button" aria-label={`${of}另授权限${String(permissions.length)}项`}>
        {permissions.length}项
      </Button>
    </Popover>
  );
}
