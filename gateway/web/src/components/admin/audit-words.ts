/** What the acts of the audit are called: the thing and what was done to it. */
const THINGS: Record<string, string> = {
  access: "查阅授权", arrival: "来件", attachment: "附件", audit: "操作记录", binding: "账号绑定", calendar: "作息日历", channel: "通知渠道", dead_letter: "未能处理的事件", deadline: "时限",
  delegation: "代办授权", destruction: "销毁", document: "公文", draft: "拟稿", extension: "延期", feedback: "办结反馈", filing: "归档", form: "暂存表单",
  handling: "承办", interpretation: "条文解释", issue_entry: "发文清单", ledger: "台账", ledger_export: "台账导出", ledger_view: "台账视图", material: "材料", message: "消息", number: "文号",
  organisation: "组织机构表", pack: "制度", permission: "权限", permit: "复制许可", person: "人员", portfolio: "领导分工", post: "职务", proposal: "拟办意见",
  readers: "传阅对象", reading: "传阅", record: "记录", registration: "登记簿", reminders: "提醒", search: "查找", service: "窗口事项", step: "环节", stuck_deadline: "未触发的时限", submission: "呈批", tenant: "单位",
  thread: "讨论", transmission: "发送", unit: "科室",
};
const ACTS: Record<string, string> = {
  accept: "受理", acknowledge: "知悉拒收", activate: "启用", add: "增加", add_opinion: "发表意见", add_signer: "加签", approve: "审定", choose: "选择", classify: "分类",
  breach: "认定逾期", clear: "取消安排", close: "办结", complaint: "认定投诉", complete: "办结", confirm: "确认", copy: "复制", copy_refused: "未准复制", correct: "更正", create: "新增", decide: "审批", delete: "删除", destroy: "销毁",
  demand: "要求补正", discard: "清除", dispatch: "调度部署", download: "下载", end: "终止", escalate: "督办", expire: "过期", export: "导出", extended: "延期", file: "归档", finish: "阅毕", forward: "转发",
  grant: "授予", import: "导入", issue: "编号印发", keep: "暂存", mark: "标记", merge: "合并", move_pack: "转用新版", name: "指定", notify: "告知", offer: "设置", open: "打开", open_supervision: "立项督办", package: "移交",
  postpone: "延期", preforward: "先转办", press: "催办", propose_accountability: "提请问责", propose: "提出", publish: "发布", read: "阅读", read_refused: "未准查阅", receipt: "回执", record_decision: "记录决定", refuse: "退回", register: "登记",
  reject: "退回", remove: "移除", repeal: "废止", replay: "重新投递", reply: "答复", report: "报告", reprojected: "重新推算", request: "申请", reserve: "预留", resumed: "恢复计时", retry: "重试", return: "退文", revoke: "收回", save: "保存", scan: "查毒",
  send: "发出", send_back: "退回", set: "设置", set_aside: "不予计入", start: "开始", submit: "提交", supply: "提供", suspended: "暂停计时", take_back: "撤回", transfer: "转办", update: "修改",
  upload: "上传", void: "作废", warn: "临期提醒", withdraw: "撤销", move: "移动", refused: "被拒",
};

/** `documents.step.complete` as 环节·办结; what is not known is shown as it is. */
export function actWord(act: string): string {
  const [, thing = "", ...rest] = act.split(".");
  return [THINGS[thing] ?? thing, ...rest.map((each) => ACTS[each] ?? each)].join("·");
}

const KINDS: Record<string, string> = {
  documents: "公文", units: "科室", persons: "人员", posts: "职务", portfolios: "领导分工", delegations: "代办授权", packs: "制度", registrations: "登记", calendar: "作息日历",
  deadlines: "时限", threads: "讨论", serviceMatters: "窗口事项", issueEntries: "发文清单", arrivals: "来件", transmissions: "发送", tenants: "单位", attachments: "附件",
  forms: "暂存表单", accessGrants: "查阅授权", ledgerViews: "台账视图", ledgerExports: "导出", numbers: "文号", interpretations: "条文解释", messages: "消息", destructions: "销毁",
};

/** What something is by its name. */
export function kindWord(subject: string): string {
  return KINDS[subject.split("/")[0] ?? ""] ?? "";
}
