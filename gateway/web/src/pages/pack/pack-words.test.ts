import { expect, it } from "vitest";
import { differenceWords, KEYS, ruleWords, VALUES } from "./pack-words";

const NAMES: Record<string, string> = { office_head: "办公室主任", clerk: "科员", "r/4.2": "第四条" };
const known = (token: string) => NAMES[token] ?? token;

it.each([
  ["budget: 6个工作小时 → 5个工作小时", "limit", "时限：6个工作小时 → 5个工作小时"],
  ["steps.sign.role: office_head → clerk", "procedure", "环节·sign·角色：办公室主任 → 科员"],
  ["hard: – → true", "limit", "硬性时限：无 → 是"],
  ["else.effect: finding → refuse", "check", "不符合时·处理：记录在案 → 不予办理"],
  ["also.r/4.2: – → text", "limit", "并依据·r/4.2：无 → text"],
  ["ladder: {at: due, do: breach} → {at: {working_days_after: 1}, do: notify, to: office_head}", "limit", "提醒与督办：{时点: 届满时, 动作: 认定逾期} → {时点: {届满后（工作日）: 1}, 动作: 通知, 对象: 办公室主任}"],
  ["when.odd_fact: {not: x} → y", "check", "适用情形·odd_fact：{不是: x} → y"],
  ["出差办法 → 新办法", "head", "出差办法 → 新办法"],
  ["不行{limit} → 不可以{unit}", "texts", "不行{limit} → 不可以{unit}"],
])("tells %s in words", (line, part, said) => {
  expect(differenceWords(line, part, known)).toBe(said);
});

it("tells a rule in words and leaves what it does not know", () => {
  const rule = "id: route\nkind: procedure\non: documents.incoming.route\nsteps:\n- id: check\n  act: check\n  role: office_head\n  after:\n  - sign\nfields:\n  person:\n    type: person\nbudget:\n  value: 6\n  unit: clock_hours\nmaintained_by:\n- clerk\n";
  expect(ruleWords(rule, known)).toBe(
    "代号：route\n种类：流程\n适用于：documents.incoming.route\n环节：\n- 代号：check\n  办理动作：核稿\n  角色：办公室主任\n  在此之后：\n  - sign\n登记项目：\n  person：\n    类型：人员\n时限：\n  数值：6\n  单位：小时\n维护人：\n- 科员\n",
  );
});

it("has words in Chinese only", () => {
  const words = [...Object.values(KEYS), ...Object.values(VALUES).flatMap((each) => Object.values(each))];
  expect(words.filter((word) => !/^[\u4e00-\u9fff（）]+$/.test(word))).toEqual([]);
});
