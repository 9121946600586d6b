import { answer, api, idOf } from "@/api/client";
import type { Action } from "@/components/form/action-dialog";
import { type Field, list, text, type Values } from "@/components/form/fields";
import { instantFrom } from "@/shared/moments";
import type { Delegation, Person, Portfolio, Post } from "./service";
import { TOUCHES } from "./unit-actions";

const PERSON_FIELDS: readonly Field[] = [
  { name: "displayName", label: "姓名", kind: "text", required: true, max: 60, half: true },
  { name: "unit", label: "所在科室", kind: "unit", half: true },
  { name: "rank", label: "职级", kind: "text", max: 40, half: true },
  { name: "mobile", label: "手机号码", kind: "text", max: 30, half: true },
  { name: "email", label: "电子邮箱", kind: "text", max: 200 },
];

function personOf(values: Values) {
  const unit = text(values, "unit");
  return { displayName: text(values, "displayName"), unit: unit && `units/${unit}`, rank: text(values, "rank"), mobile: text(values, "mobile"), email: text(values, "email") };
}

export const CREATE_PERSON: Action = {
  label: "新增人员",
  note: "新增后可以修改，也可以办理调离。要让本人登录办理，还须在“职务”中任职，并在本页绑定登录账号。",
  touches: TOUCHES,
  fields: [
    ...PERSON_FIELDS,
    { name: "validFromTime", label: "到岗时间", kind: "moment", half: true, help: "不填则立即到岗" },
    { name: "personId", label: "代码", kind: "text", max: 63, half: true, help: "小写字母、数字和连字符；不填则自动生成，不能改" },
  ],
  send: (values, header) =>
    answer(
      api.POST("/v1/persons", {
        params: { header },
        body: { personId: text(values, "personId"), person: { ...personOf(values), kind: "person", validFromTime: instantFrom(values.validFromTime) } },
      }),
    ),
};

/** `grantable`: what the signed-in person may do, and so may pass on. */
export function personActions(person: Person, grantable: readonly string[], wordOf: (permission: string) => string): Record<string, Action> {
  const path = { person: idOf(person.name ?? "") };
  const held = person.permissions ?? [];
  const options = [...new Set([...grantable, ...held])].sort().map((value) => ({ value, label: wordOf(value) }));
  const binding: readonly Field[] = [
    { name: "issuer", label: "认证服务地址", kind: "text", required: true, max: 300, help: "统一身份认证服务的地址，以 https:// 开头" },
    { name: "sub", label: "账号标识", kind: "text", required: true, max: 255, help: "认证服务中该人员的唯一标识" },
  ];
  const bound = (values: Values) => ({ issuer: text(values, "issuer"), sub: text(values, "sub") });
  return {
    edit: {
      label: "修改",
      note: "修改后可以再改回来。",
      touches: TOUCHES,
      fields: PERSON_FIELDS,
      initial: { ...person, unit: person.unit ? idOf(person.unit) : undefined },
      send: (values, header) =>
        answer(
          api.PATCH("/v1/persons/{person}", {
            params: { path, header },
            body: { person: { ...personOf(values), name: person.name, etag: person.etag }, updateMask: "displayName,unit,rank,email,mobile" },
          }),
        ),
    },
    permissions: {
      label: "设置权限",
      note: "职务带来的权限不在其中。可以随时改回；只能授予您自己拥有的权限。",
      touches: TOUCHES,
      fields: [{ name: "permissions", label: "另行授予的权限", kind: "codes", options }],
      initial: { permissions: held },
      send: (values, header) => answer(api.POST("/v1/persons/{person}:setPermissions", { params: { path, header }, body: { permissions: list(values, "permissions") } })),
    },
    bind: {
      label: "绑定账号",
      note: "绑定后该账号登录即为此人；可以解除。",
      touches: TOUCHES,
      fields: binding,
      send: (values, header) => answer(api.POST("/v1/persons/{person}:bindSubject", { params: { path, header }, body: bound(values) })),
    },
    unbind: {
      label: "解除绑定",
      note: "解除后该账号不能再以此人身份登录；可以重新绑定。",
      touches: TOUCHES,
      fields: binding,
      send: (values, header) => answer(api.POST("/v1/persons/{person}:unbindSubject", { params: { path, header }, body: bound(values) })),
    },
    end: {
      label: "调离",
      note: "其职务、分工和授权同时终止，未办事项按职务另行确定办理人。不能撤销；再次到岗须重新新增。",
      danger: true,
      touches: TOUCHES,
      fields: [{ name: "endTime", label: "调离时间", kind: "moment", help: "不填则立即调离" }],
      send: (values, header) => answer(api.POST("/v1/persons/{person}:endMembership", { params: { path, header }, body: { endTime: instantFrom(values.endTime) } })),
    },
  };
}

export const CREATE_POST: Action = {
  label: "任职",
  note: "任职后可以免去或交接。",
  touches: TOUCHES,
  fields: [
    { name: "person", label: "人员", kind: "person", required: true, half: true },
    { name: "unit", label: "科室", kind: "unit", required: true, half: true },
    { name: "kind", label: "职务类别", kind: "code", vocabulary: "post", required: true, half: true, help: "制度按职务类别确定办理人" },
    { name: "title", label: "职务名称", kind: "text", max: 60, half: true },
    { name: "rank", label: "职级", kind: "text", max: 40, half: true },
    { name: "position", label: "排列次序", kind: "int", half: true, help: "小的在前" },
    { name: "validFromTime", label: "任职时间", kind: "moment", half: true, help: "不填则立即任职" },
    { name: "validUntilTime", label: "任期届满", kind: "moment", half: true, help: "不填则没有期限" },
  ],
  send: (values, header) =>
    answer(
      api.POST("/v1/posts", {
        params: { header },
        body: {
          post: {
            person: `persons/${text(values, "person")}`,
            unit: `units/${text(values, "unit")}`,
            kind: text(values, "kind"),
            title: text(values, "title"),
            rank: text(values, "rank"),
            position: typeof values.position === "number" ? values.position : 0,
            validFromTime: instantFrom(values.validFromTime),
            validUntilTime: instantFrom(values.validUntilTime),
          },
        },
      }),
    ),
};

export function postActions(post: Post): Record<string, Action> {
  const path = { post: idOf(post.name ?? "") };
  const when: Field = { name: "endTime", label: "免职时间", kind: "moment", help: "不填则立即生效" };
  return {
    transfer: {
      label: "交接",
      note: "由他人接任，未办事项随职务转给接任人。不能撤销，可以再次交接。",
      touches: TOUCHES,
      fields: [{ name: "to", label: "接任人", kind: "person", required: true }, when],
      send: (values, header) =>
        answer(api.POST("/v1/posts/{post}:transfer", { params: { path, header }, body: { to: `persons/${text(values, "to")}`, endTime: instantFrom(values.endTime) } })),
    },
    end: {
      label: "免职",
      note: "免职后不能恢复，可以重新任职。",
      danger: true,
      touches: TOUCHES,
      fields: [when],
      send: (values, header) => answer(api.POST("/v1/posts/{post}:end", { params: { path, header }, body: { endTime: instantFrom(values.endTime) } })),
    },
  };
}

export const CREATE_PORTFOLIO: Action = {
  label: "新增分工",
  note: "新增后可以终止。",
  touches: TOUCHES,
  fields: [
    { name: "person", label: "领导", kind: "person", required: true },
    { name: "unit", label: "分管科室", kind: "unit", required: true },
    { name: "validFromTime", label: "开始时间", kind: "moment", half: true, help: "不填则立即开始" },
    { name: "validUntilTime", label: "结束时间", kind: "moment", half: true, help: "不填则没有期限" },
  ],
  send: (values, header) =>
    answer(
      api.POST("/v1/portfolios", {
        params: { header },
        body: {
          portfolio: {
            person: `persons/${text(values, "person")}`,
            unit: `units/${text(values, "unit")}`,
            validFromTime: instantFrom(values.validFromTime),
            validUntilTime: instantFrom(values.validUntilTime),
          } as Portfolio,
        },
      }),
    ),
};

export function portfolioActions(portfolio: Portfolio): Record<string, Action> {
  return {
    end: {
      label: "终止",
      note: "终止后不能恢复，可以重新确定分工。",
      danger: true,
      touches: TOUCHES,
      fields: [{ name: "endTime", label: "终止时间", kind: "moment", help: "不填则立即终止" }],
      send: (values, header) =>
        answer(api.POST("/v1/portfolios/{portfolio}:end", { params: { path: { portfolio: idOf(portfolio.name ?? "") }, header }, body: { endTime: instantFrom(values.endTime) } })),
    },
  };
}

export const CREATE_DELEGATION: Action = {
  label: "代为授权",
  note: "用于本人不便办理授权的情形；期间可以随时收回，记录会写明由谁代办。",
  touches: ["delegations", "todos"],
  fields: [
    { name: "delegator", label: "授权人", kind: "person", required: true, half: true },
    { name: "delegate", label: "代办人", kind: "person", required: true, half: true },
    { name: "validFromTime", label: "开始时间", kind: "moment", half: true, help: "不填则立即开始" },
    { name: "validUntilTime", label: "结束时间", kind: "moment", required: true, half: true },
  ],
  send: (values, header) =>
    answer(
      api.POST("/v1/delegations", {
        params: { header },
        body: {
          delegation: {
            delegator: `persons/${text(values, "delegator")}`,
            delegate: `persons/${text(values, "delegate")}`,
            validFromTime: instantFrom(values.validFromTime),
            validUntilTime: instantFrom(values.validUntilTime) ?? "",
          },
        },
      }),
    ),
};

export function delegationActions(delegation: Delegation): Record<string, Action> {
  return {
    revoke: {
      label: "收回",
      note: "立即生效；已经代办的保留。收回后可以重新授权。",
      touches: ["delegations", "todos"],
      fields: [],
      send: (_, header) => answer(api.POST("/v1/delegations/{delegation}:revoke", { params: { path: { delegation: idOf(delegation.name ?? "") }, header }, body: {} })),
    },
  };
}
