/** What the keys of a pack are called; where a key means something else beside another one: `parent.key`. */
export const KEYS: Record<string, string> = {
  // The head and its tables.
  schema: "格式版本", pack: "制度代码", version: "版本", title: "标题", issuer: "制发机关", document_number: "文号", effective_from: "施行日期", effective_to: "失效日期", effective_clause: "施行条款",
  supersedes: "废止的文件", layer: "层级", tightens: "从严于", binds: "适用范围", binds_children: "下级单位一并适用", set: "成套制度", owner: "主管", source_text: "原文", office_hours: "作息时间",
  posts: "职务", unit_kinds: "科室类型", unit_kind: "科室类型", units: "科室", vocabularies: "用词", vocabulary: "用词", fields: "登记项目", records: "记录种类", roles: "角色", grants: "职责权限", chains: "督办层级", ladders: "提醒与督办",
  texts: "提示用语", clauses: "条文", article: "条款", quote: "原文摘录", assumed: "按约定执行", guidance: "倡导性", rules: "规则",
  // What all rules have.
  id: "代号", kind: "种类", clause: "依据", also: "并依据", when: "适用情形", label: "名称", hard: "硬性时限", replaces: "取代", note: "说明", on: "适用于", else: "不符合时", effect: "处理", reason: "提示代码", field: "所指项目",
  any: "任一", none: "均不", all: "全部", not: "不是",
  // Demands.
  require: "要求", present: "须有", absent: "须无", count: "数量", equals: "等于", one_of: "属于", differs: "互不相同", has: "包含", subset: "不超出", disjoint: "互不重叠", before: "早于", by: "不晚于", after: "晚于", contains: "含有字样",
  "require.lead": "提前量", fact: "按项目", to: "对象", "lead.to": "止于", from: "取自", "lead.from": "起于", "term.from": "起始日", "term.until": "截止日", max: "上限", min: "下限", of: "所属",
  signers: "签批人", signed_by: "实际签批人", delegated: "由他人代办", delegable: "可代办", passes_to: "移交", approvers: "审批人", given: "已同意的", asked: "申请时间", "approval.before": "须早于",
  counted: "实到", entitled: "应到", share: "比例", numerator: "分子", denominator: "分母", inclusive: "含本数",
  // Routes.
  steps: "环节", act: "办理动作", role: "角色", person: "指定人员", each: "逐一办理", party: "办理单位类别", serial: "依次办理", lead: "牵头方", "steps.after": "在此之后", distinct_from: "不得同一人", may: "可以", sets: "可填写", blocks: "不同意见审定前不得办理",
  decides: "审定不同意见", merges_with: "合并办理", remark: "备注", closes: "办完即办结", waits: "等待其办完", returns_to: "退回至", ends_on: "终止于", verdicts: "办理意见", refuse: "不予办理的提示",
  too_early: "尚未到达", skipped: "跳过环节", out_of_order: "不按顺序", not_distinct: "同一人重复办理", blocked: "不同意见未审定", not_allowed: "不允许的操作", opened_already: "下一环节已打开", unclear: "意见不明确", ended: "已办结", not_holder: "不由其办理",
  // Time.
  budget: "时限", unit: "单位", value: "数值", time: "截至时刻", roll: "遇休息日", ladder: "提醒与督办", at: "时点", do: "动作", text: "用语", chain: "督办层级", repeat: "重复", every: "周期", times: "次数", "schedule.times": "时间", "period.times": "时间",
  levels: "各层级", step: "每级间隔", until: "终止事件", event: "事件", since: "起算时间", answerable: "责任人", default_of: "默认填入", overrides: "优先于", move: "遇休息日", only: "仅限", dates: "日期",
  // The other kinds.
  acts: "操作", parties: "经办各方", settings: "设置", name: "代号", closed_by: "销号人", rows: "各行", gives: "得出", ground: "事由", mode: "方式",
  per: "登记单元", holders: "应登记的人", where: "限于登记簿", outside: "不适用的提示", expired: "过期的提示", incomplete: "不完整的提示", term: "有效期", period: "登记期", column: "栏目", read_by: "可查阅的人", not_reader: "不可查阅的提示", shared: "各处共用",
  over: "超额的提示", gap: "缺漏的提示", gap_after: "补齐时限", gap_clause: "缺漏的依据", maintained_by: "维护人", not_maintained: "无权维护的提示", approved_by: "审核人", not_approved: "未经审核的提示", approval_clause: "审核的依据",
  type: "类型", required: "必填", expected: "应填", values: "可选值", holds: "须任角色", not_holding: "未任角色的提示", listed: "须在登记簿", not_listed: "不在登记簿的提示", attachment: "附件", post: "职务",
  // Roles.
  serves: "服务的科室类型", members: "全体成员", initiator: "发起人", register: "登记簿", fallback: "无人时由",
};

const UNITS: Record<string, string> = {
  minutes: "分钟", clock_hours: "小时", office_minutes: "分钟（工作时间）", office_hours: "工作小时", working_day_clock_hours: "小时（工作日连续计算）", working_days: "工作日", calendar_days: "日",
  same_working_day: "当个工作日", same_calendar_day: "当日", working_days_before: "提前的工作日", working_day_of_next_month: "次月第几个工作日", last_working_day_of_iso_week: "本周最后一个工作日",
  last_working_day_of_month: "本月最后一个工作日", last_working_day_of_quarter: "本季度最后一个工作日", last_working_day_of_half_year: "本半年最后一个工作日", last_working_day_of_year: "本年最后一个工作日",
};
const ROLL = { next_working_day: "顺延至下一工作日", previous_working_day: "提前至上一工作日", none: "不顺延" };

/** Words that the language of packs itself has, by key; `mark_<fact>` and what a pack declares have none here. */
export const VALUES: Record<string, Record<string, string>> = {
  unit: UNITS,
  roll: ROLL,
  move: ROLL,
  effect: { refuse: "不予办理", return: "退回", finding: "记录在案" },
  do: { warn: "提醒", breach: "认定逾期", notify: "通知", escalate: "逐级督办", open_supervision: "立项督办", propose_accountability: "提请问责" },
  at: { due: "届满时" },
  every: { day: "每日", working_day: "每个工作日", week: "每周", month: "每月", quarter: "每季度", half_year: "每半年", year: "每年" },
  act: { draft: "拟稿", register: "收稿登记", propose: "拟办", review: "审核", check: "核稿", sign: "审签", approve: "审批", decide: "审定", handle: "承办", report: "报告", read: "传阅", execute: "办理（报出）", reply: "答复", issue: "编号印发" },
  acts: { read: "阅读", print: "打印", download: "下载", excerpt: "摘录", forward: "转发" },
  may: { differ: "提出不同意见", object: "提出异议", send_back: "退回", take_back: "撤回", add_signer: "加签", transfer: "转办" },
  party: { unit: "单位", person: "个人" },
  attachment: { required: "必须", optional: "可有可无", none: "没有" },
  per: { unit: "每个科室", tenant: "本单位", each: "每个用词", person: "每个人", entry: "每条登记" },
  type: {
    bool: "是否", int: "整数", text: "文字", date: "日期", instant: "时间", person: "人员", unit: "科室", persons: "多名人员", units: "多个科室", texts: "多段文字", code: "用词", codes: "多个用词",
  },
  layer: { defaults: "平台通则", regulation: "制度", campaign: "专项行动", instruction: "领导要求" },
  of: { unit: "所指科室", initiator_unit: "发起人所在科室", portfolio: "分管范围" },
  mode: { propose: "系统提请", manual: "人工提出" },
  kind: {
    procedure: "流程", limit: "时限", check: "核对", cap: "上限", signer: "签批人", approval: "审批", visibility: "知悉范围", schedule: "定期", notice: "通知", ledger: "台账", register: "登记簿", matrix: "签批权限表", quorum: "法定人数", ground: "事由",
  },
};

const PLAIN: Record<string, string> = { true: "是", false: "否", null: "未填", "–": "无" };
// Under these stand names that the pack gives itself.
const NAMED = new Set(["steps", "fields", "records", "vocabularies", "posts", "unit_kinds", "grants", "settings", "gives"]);
const DISTANCE = /^(\w+)_(after|before)$/;
const TOKEN = /(?<![\w/.-])[A-Za-z–][\w/.-]*/g;

/** What the packs of the office call something: a role, an article, a code. Gives what it does not know as it is. */
export type Known = (token: string, key: string) => string;

/** What a key is called; one that is not known is shown as it is. */
export function keyWord(key: string, parent = ""): string {
  const word = KEYS[`${parent}.${key}`] ?? KEYS[key];
  if (word) return word;
  const [, unit = "", side] = DISTANCE.exec(key) ?? [];
  return UNITS[unit] ? `届满${side === "after" ? "后" : "前"}（${UNITS[unit]}）` : key;
}

function valueWord(token: string, key: string, known: Known): string {
  return VALUES[key]?.[token] ?? PLAIN[token] ?? known(token, key);
}

/** The words of a value: of keys that stand in it, and of what stands under `key`. */
function valueWords(text: string, key: string, known: Known): string {
  let at = key;
  return text.replace(TOKEN, (token: string, place: number) => {
    if (text.startsWith(": ", place + token.length)) {
      const word = keyWord(token, at);
      at = token;
      return word;
    }
    return valueWord(token, at, known);
  });
}

/** A difference as the server tells it, `steps.sign.role: head → clerk`, in words. `part` is what it stands in. */
export function differenceWords(line: string, part: string, known: Known): string {
  if (part === "texts") return line;
  const [, path = "", rest = ""] = /^([\w/.-]+): (.*)$/s.exec(line) ?? ["", "", line];
  const keys = path ? path.split(/\.(?=[a-z_])/) : [];
  const words = keys.map((key, index) => (NAMED.has(keys[index - 1] ?? "") ? key : keyWord(key, keys[index - 1] ?? part)));
  const said = valueWords(rest, keys.at(-1) ?? part, known);
  return words.length > 0 ? `${words.join("·")}：${said}` : said;
}

/** The text of a rule line by line, its keys and values in words. */
export function ruleWords(text: string, known: Known): string {
  const within: { column: number; key: string }[] = [];
  return text
    .split("\n")
    .map((line) => {
      const [, indent = "", dash = "", key, rest = ""] = /^( *)((?:- )*)(?:([\w/.-]+):(?:$| +))?(.*)$/.exec(line) ?? [];
      const column = indent.length + dash.length;
      if (!key) {
        while ((within.at(-1)?.column ?? -1) > indent.length) within.pop();
        return dash ? `${indent}${dash}${valueWords(rest, within.at(-1)?.key ?? "", known)}` : line;
      }
      while ((within.at(-1)?.column ?? -1) >= column) within.pop();
      const parent = within.at(-1)?.key ?? "";
      within.push({ column, key });
      const word = NAMED.has(parent) && !dash && parent !== "steps" ? key : keyWord(key, parent);
      return `${indent}${dash}${word}：${valueWords(rest, key, known)}`;
    })
    .join("\n");
}
