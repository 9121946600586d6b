import { answer, api } from "@/api/client";
import { FIELD } from "@/components/form/about";
import type { Action } from "@/components/form/action-dialog";
import { list, text } from "@/components/form/fields";

const TOUCHES = ["documentNumbers"];
const SERIES = { name: "series", label: "发文机关代字", kind: "text", required: true, max: 64, help: "如发文字号中“〔”之前的部分", half: true } as const;
const YEAR = { name: "year", label: "年份", kind: "int", required: true, half: true } as const;
const MOST = 10_000;

export interface Series {
  series: string;
  year: number;
}

/** Takes the next number for a document that comes. */
export function reserve(chosen: Series): Action {
  return {
    label: "预留文号",
    note: "取出下一个号留给即将印发的文件；不能放回，不用时可以作废。",
    touches: TOUCHES,
    fields: [SERIES, YEAR, FIELD.reason],
    initial: { ...chosen, series: chosen.series || undefined },
    send: (values, header) => answer(api.POST("/v1/documentNumbers:reserve", { params: { header }, body: { series: text(values, "series"), year: Number(values.year), reason: text(values, "reason") } })),
  };
}

/** Takes over numbers that an older system gave. */
export function takeOver(chosen: Series): Action {
  return {
    label: "录入旧文号",
    note: "录入后这些号不再发出，新号从最大的号之后继续；不能撤销。",
    touches: TOUCHES,
    fields: [SERIES, YEAR, { name: "positions", label: "序号", kind: "tags", required: true, help: "每个号输入后按回车；连续的号写成 1-120" }, FIELD.reason],
    initial: { ...chosen, series: chosen.series || undefined, reason: "原系统已发出的文号" },
    send: (values, header) =>
      answer(
        api.POST("/v1/documentNumbers:import", {
          params: { header },
          body: { series: text(values, "series"), year: Number(values.year), positions: positionsIn(list(values, "positions")), reason: text(values, "reason") },
        }),
      ),
  };
}

/** Makes a reserved number void. */
export function makeVoid(number: string): Action {
  return {
    label: "作废",
    note: "作废后保留在台账中，不能恢复。",
    danger: true,
    touches: TOUCHES,
    fields: [FIELD.reason],
    send: (values, header) => answer(api.POST("/v1/documentNumbers:void", { params: { header }, body: { number, reason: text(values, "reason") } })),
  };
}

/** `["1-3", "7"]` as 1, 2, 3, 7; what is no number is left for the server to refuse as 0. */
export function positionsIn(written: readonly string[]): number[] {
  const found = new Set<number>();
  for (const each of written) {
    const [, from = "", until = from] = /^\s*(\d{1,6})\s*(?:[-－~～至]\s*(\d{1,6}))?\s*$/.exec(each) ?? [];
    if (from === "") found.add(0);
    for (let at = Number(from); from !== "" && at <= Number(until) && found.size <= MOST; at += 1) found.add(at);
  }
  return [...found];
}
