import { answer, api, idOf, type Schemas } from "@/api/client";
import type { Action } from "@/components/form/action-dialog";
import { list, text } from "@/components/form/fields";
import { instantFrom } from "@/shared/moments";

export type Matter = Schemas["xiaoneng.documents.v1.ServiceMatter"];

const TOUCHES = ["serviceMatters", "todos"];

/** `items`: the items of the window as the register of the office names them. */
export function recordContact(items: readonly { value: string; label: string }[]): Action {
  return {
    label: "登记来访",
    note: "您就是首问责任人；登记后不能删除，可以办结并说明。",
    touches: TOUCHES,
    fields: [
      { name: "title", label: "来办事项", kind: "text", required: true, max: 500 },
      ...(items.length > 0 ? [{ name: "item", label: "办事项目", kind: "code" as const, options: items }] : []),
      { name: "visitor", label: "来访人", kind: "text", max: 100, half: true },
      { name: "contact", label: "联系方式", kind: "text", max: 100, half: true },
      {
        name: "duty",
        label: "由谁办理",
        kind: "choice",
        required: true,
        options: [
          { value: "DUTY_OWN", label: "本人职责" },
          { value: "DUTY_OWN_ORGAN", label: "本单位其他人" },
          { value: "DUTY_OTHER_ORGAN", label: "其他单位" },
        ],
      },
      { name: "colleague", label: "引导给", kind: "person", half: true, help: "本单位其他人办理的，填写经办人" },
      { name: "departmentNamed", label: "告知的单位", kind: "text", max: 100, half: true, help: "其他单位办理的，填写告知的单位" },
    ],
    initial: { duty: "DUTY_OWN" },
    send: (values, header) =>
      answer(
        api.POST("/v1/serviceMatters", {
          params: { header },
          body: {
            title: text(values, "title"),
            item: text(values, "item"),
            visitor: text(values, "visitor"),
            contact: text(values, "contact"),
            duty: values.duty as never,
            colleague: text(values, "colleague"),
            departmentNamed: text(values, "departmentNamed"),
          },
        }),
      ),
  };
}

/** What can be done with a matter; the server says what the regulation forbids. */
export function matterActions(matter: Matter): Record<string, Action> {
  const path = { serviceMatter: idOf(matter.name ?? "") };
  const conditions = matter.notice?.conditions ?? [];
  const pending = (matter.parts ?? []).filter(({ decideTime }) => !decideTime).map(({ unit = "" }) => unit);
  return {
    confirm: {
      label: "确认接手",
      note: "接手后由您办理；不能撤销。",
      touches: TOUCHES,
      fields: [],
      send: (_, header) => answer(api.POST("/v1/serviceMatters/{serviceMatter}:confirmHandOver", { params: { path, header }, body: {} })),
    },
    notice: {
      label: "一次性告知",
      note: "须一次告知清楚；以后不得再提出告知以外的条件。",
      touches: TOUCHES,
      fields: [
        { name: "procedure", label: "办理程序", kind: "area", max: 2000 },
        { name: "basis", label: "办理依据", kind: "area", max: 2000 },
        { name: "conditions", label: "条件和材料", kind: "tags", help: "一项一行" },
        { name: "cautions", label: "注意事项", kind: "area", max: 2000 },
      ],
      initial: { ...matter.notice },
      send: (values, header) =>
        answer(
          api.POST("/v1/serviceMatters/{serviceMatter}:giveNotice", {
            params: { path, header },
            body: { notice: { procedure: text(values, "procedure"), basis: text(values, "basis"), conditions: list(values, "conditions"), cautions: text(values, "cautions") } },
          }),
        ),
    },
    demand: {
      label: "要求补正",
      note: "没有一次性告知过的条件会记为违规；不能撤销。",
      touches: TOUCHES,
      fields: [{ name: "condition", label: "条件", kind: "area", required: true, max: 500 }],
      send: (values, header) => answer(api.POST("/v1/serviceMatters/{serviceMatter}:demandCondition", { params: { path, header }, body: { condition: text(values, "condition") } })),
    },
    accept: {
      label: "受理",
      note: "受理后开始计算办理时限；不能撤销。",
      touches: TOUCHES,
      fields: [
        { name: "missingPapers", label: "尚缺材料", kind: "tags", help: "材料不全先行受理的，列出尚缺的材料" },
        { name: "departments", label: "并联办理单位", kind: "units" },
      ],
      send: (values, header) =>
        answer(api.POST("/v1/serviceMatters/{serviceMatter}:accept", { params: { path, header }, body: { missingPapers: list(values, "missingPapers"), departments: list(values, "departments") } })),
    },
    supply: {
      label: "收到补交材料",
      note: "登记后不能撤销。",
      touches: TOUCHES,
      fields: [{ name: "papers", label: "材料", kind: "codes", required: true, options: (matter.missingPapers ?? conditions).map((value) => ({ value, label: value })) }],
      send: (values, header) => answer(api.POST("/v1/serviceMatters/{serviceMatter}:supplyPapers", { params: { path, header }, body: { papers: list(values, "papers") } })),
    },
    decide: {
      label: "审批",
      note: "决定后不能更改。",
      touches: TOUCHES,
      fields: [
        { name: "unit", label: "单位", kind: "unit", required: true },
        { name: "approved", label: "决定", kind: "choice", required: true, options: [{ value: "yes", label: "同意" }, { value: "no", label: "不同意" }] },
        { name: "opinion", label: "意见", kind: "area", max: 2000 },
      ],
      initial: { unit: pending[0] },
      send: (values, header) =>
        answer(
          api.POST("/v1/serviceMatters/{serviceMatter}:decidePart", {
            params: { path, header },
            body: { unit: text(values, "unit"), approved: values.approved === "yes", opinion: text(values, "opinion") },
          }),
        ),
    },
    postpone: {
      label: "延期",
      note: "须说明理由；不能撤销。",
      touches: TOUCHES,
      fields: [
        { name: "dueTime", label: "延至", kind: "moment" },
        { name: "reason", label: "理由", kind: "area", required: true, max: 500 },
      ],
      send: (values, header) =>
        answer(api.POST("/v1/serviceMatters/{serviceMatter}:postpone", { params: { path, header }, body: { dueTime: instantFrom(values.dueTime), reason: text(values, "reason") } })),
    },
    complete: {
      label: "办结",
      note: "办结后不能再办理。",
      touches: TOUCHES,
      fields: [{ name: "result", label: "办理结果", kind: "area", required: true, max: 2000 }],
      send: (values, header) => answer(api.POST("/v1/serviceMatters/{serviceMatter}:complete", { params: { path, header }, body: { result: text(values, "result") } })),
    },
    refuse: {
      label: "不予办理",
      note: "须说明理由和依据；不能撤销，可以重新登记。",
      danger: true,
      touches: TOUCHES,
      fields: [
        { name: "reason", label: "理由", kind: "area", required: true, max: 2000 },
        { name: "basis", label: "依据", kind: "area", required: true, max: 2000 },
      ],
      send: (values, header) =>
        answer(api.POST("/v1/serviceMatters/{serviceMatter}:refuse", { params: { path, header }, body: { reason: text(values, "reason"), basis: text(values, "basis") } })),
    },
    close: {
      label: "咨询完毕",
      note: "只是咨询、不须办理的，到此结束；不能撤销。",
      touches: TOUCHES,
      fields: [{ name: "result", label: "答复", kind: "area", max: 2000 }],
      send: (values, header) => answer(api.POST("/v1/serviceMatters/{serviceMatter}:close", { params: { path, header }, body: { result: text(values, "result") } })),
    },
  };
}

/** What makes sense in a state; whether the regulation allows it now says the server when it is asked for. */
export function offeredIn({ state, missingPapers, parts, notice }: Matter): string[] {
  switch (state) {
    case "STATE_HANDED_OVER":
      return ["confirm"];
    case "STATE_OPEN":
      // What has to be told is told once.
      return [...(notice?.giveTime ? [] : ["notice"]), "accept", "demand", "refuse", "close"];
    case "STATE_ACCEPTED":
    case "STATE_ACCEPTED_INCOMPLETE":
      return [
        "complete",
        ...((missingPapers ?? []).length > 0 ? ["supply"] : []),
        ...((parts ?? []).some(({ decideTime }) => !decideTime) ? ["decide"] : []),
        "postpone",
        "demand",
        "refuse",
      ];
    default:
      return [];
  }
}
