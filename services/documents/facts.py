"""What documents offers to policy packs: facts, operations, events, acts of steps, permissions.

Everything that a regulation demands of documents is asked at one of these points. The code knows the acts; which of them a route
has, in which order, by whom and until when, is the pack's.
"""

from services.kit.policy.catalogue import (
    BOOL,
    INSTANT,
    INT,
    PERSON,
    ROLE,
    TEXT,
    UNIT,
    Act,
    EventKind,
    Fact,
    FactCatalogue,
    Operation,
    code,
    enum,
    list_of,
)

# What a delegation has to cover so that a delegate may act on a step.
DELEGATION_KIND = "documents.step"

# What can be said about every document, at every point.
DOCUMENT = (
    Fact("kind", enum("incoming", "outgoing", "submission"), "收文、发文、呈批"),
    Fact("document_class", code("document_class"), "class given after registration (办件、阅件、会议通知); absent until classified"),
    Fact("document_type", code("document_type"), "文种: 请示、报告、通知、议案……"),
    Fact("medium", enum("electronic", "paper"), "how the document travels"),
    Fact("urgency", enum("ordinary", "urgent", "specially_urgent"), "缓急程度"),
    Fact("source", code("document_source"), "where the matter comes from: instruction of a leader, superior's assignment …"),
    Fact("sender", TEXT, "来文单位"),
    Fact("sender_number", TEXT, "来文字号"),
    Fact("registered", BOOL, "it has a registration number"),
    Fact("registration_number", TEXT, "收文编号"),
    Fact("matters", list_of(TEXT), "the matters that the document is about"),
    Fact("character_count", INT, "characters of its body"),
    Fact("contains_request", BOOL, "the registrar found a request in it"),
    Fact("comprehensive", BOOL, "综合性: concerns several sections"),
    Fact("important", BOOL, "重要; may be marked while the route runs"),
    Fact("difficult", BOOL, "难点问题; may be marked while the route runs"),
    Fact("pre_forwarded", BOOL, "已先转办: sent for handling while the signatures run"),
    Fact("registrar", PERSON, "who registered it"),
    Fact("registering_unit", UNIT, "unit of the registrar"),
    Fact("drafter", PERSON, "who drafted it (outgoing, submission)"),
    Fact("initiating_unit", UNIT, "unit that drafted it; incoming: that registered it"),
    Fact("proposer", PERSON, "who drafted the proposed handling (拟办人)"),
    Fact("handling_text", TEXT, "text of the proposed handling (拟办意见)"),
    Fact("responsible_units", list_of(UNIT), "承办单位, the lead unit included"),
    Fact("lead_unit", UNIT, "牵头单位; the only responsible unit where there is one only"),
    Fact("lead_unit_named", BOOL, "the proposal itself names the lead unit"),
    Fact("lead_leader", PERSON, "牵头领导"),
    Fact("portfolio_leaders", list_of(PERSON), "leaders in charge of the responsible units, in the order of the units"),
    Fact("readers", list_of(PERSON), "who gets a reading copy"),
    Fact("completion_deadline", INSTANT, "stated limit of completion (办结时限)"),
    Fact("feedback_deadline", INSTANT, "limit of feedback set by the proposer"),
    Fact("stated_limit", INSTANT, "the completion deadline, or else the feedback deadline; absent: none is stated"),
    Fact("remark", TEXT, "remark that the proposal carries"),
    Fact("field", TEXT, "field of work that it belongs to, where the pack declares a field `field`"),
    Fact("field_leader", PERSON, "who has that field of work in his portfolio"),
    Fact("field_leader_name", TEXT, "what he is called"),
    Fact("earlier_actors", list_of(PERSON), "who acted on the earlier matter of the same unit that the pack's field `follows` names"),
    Fact("unit_kind", TEXT, "kind of the unit that acts, or without a step of the one that drafted or registered it"),
    Fact("body", TEXT, "text of its body"),
    Fact("title_names_type", BOOL, "its title ends with the word of its type, as the packs call it"),
    Fact("resubmits", BOOL, "it is handed in again after a return"),
    Fact("moment", INSTANT, "when the act is done"),
    Fact("local_time", TEXT, "hour of the act in the tenant's zone, HH:MM"),
)

# What can be said about a step of its route.
STEP = (
    Fact("procedure", TEXT, "id of the procedure"),
    Fact("step", TEXT, "id of the step in the procedure"),
    Fact("act", TEXT, "what the step asks for"),
    Fact("role", ROLE, "role that acts"),
    Fact("unit", UNIT, "unit that acts"),
    Fact("lead", BOOL, "the step is that of the lead unit"),
    Fact("generation", INT, "1, then one more each time the step opens anew"),
    Fact("verdict", enum("approve", "disapprove", "pass_on", "noted", "read"), "what the actor decided"),
    Fact("opinion", TEXT, "text of the opinion"),
    Fact("differing", BOOL, "a differing opinion is recorded"),
    Fact("objection", BOOL, "the actor objects to the division of work"),
    Fact("objection_open", BOOL, "an objection that blocks this step is not decided yet"),
    Fact("delegated", BOOL, "a delegate acts for the holder of the role"),
    Fact("reason", TEXT, "reason given for the act"),
)

# What can be said about handling.
HANDLING = (
    Fact("unit_count", INT, "number of responsible units"),
    Fact("result_text", TEXT, "result of handling, as fed back"),
    Fact("evidence_count", INT, "attachments of the feedback"),
    Fact("measures", TEXT, "落实措施"),
    Fact("dispatch_text", TEXT, "how the responsible units were dispatched (调度部署情况)"),
    Fact("dispatch_count", INT, "dispatch entries recorded so far by the unit"),
    Fact("completed", BOOL, "the feedback says that the matter is really completed"),
    Fact("material_due", INSTANT, "when requested material is due"),
    Fact("current_due", INSTANT, "due moment of the deadline that an extension is asked for"),
    Fact("past_due", BOOL, "that moment has passed"),
    Fact("new_due", INSTANT, "moment asked for"),
    Fact("asked_at", INSTANT, "when the extension is asked for"),
    Fact("consents", list_of(ROLE), "roles that have consented to the extension"),
)

# What can be said about a person who is to become a reader.
READER = (
    Fact("reader", PERSON, "who is to get a reading copy"),
    Fact("reader_has_action", BOOL, "this person has a task to act on in the same document"),
    Fact("readers_open", BOOL, "the route has reached its reading copies"),
)

# What is looked up when a document is registered.
ARRIVAL = (Fact("same_text", list_of(TEXT), "registration numbers of other documents of the same sender with the same text"),)

# What can be said about a record that is being made. What packs declare themselves (`fields.…`, `records.…`) is offered everywhere.
RECORD = (
    Fact("record_kind", TEXT, "which of the kinds of record that packs declare"),
    Fact("record_unit", UNIT, "unit that the record is of"),
    Fact("recorder", PERSON, "who makes it"),
)
# What can be said about issuing: the entry of the issue list (发文清单), and what the document implements.
ISSUING = (
    Fact("on_issue_list", BOOL, "an entry of the issue list asks for it (outgoing), or rests on it (incoming)"),
    Fact("issue_origin", enum("superior", "meeting"), "where the duty to issue comes from"),
    Fact("issue_marks", list_of(code("issue_mark")), "what the meeting or the office decided about it"),
    Fact("issue_lead_unit", UNIT, "unit that drafts (牵头责任部门)"),
    Fact("meeting_kind", code("meeting_kind"), "kind of the meeting that passed it"),
)
# What can be said about a document beside its own words; drafts know it when they are submitted.
DRAFT = (
    Fact("implements", TEXT, "the incoming document that it implements"),
    Fact("superior_type", code("document_type"), "type of the document that it implements"),
    Fact("overlap_percent", INT, "how much of its text stands word for word in what it implements, in percent"),
    Fact("attachment_count", INT, "files that it holds"),
)
# What can be said about an entry of the issue list beside that.
ENTRY = (
    Fact("issue_title", TEXT, "what is to be issued"),
    Fact("issue_state", enum("open", "delivered", "issued", "closed"), "how far it is"),
    Fact("superior_document", TEXT, "the incoming document that asks for it"),
    Fact("meeting_ended_at", INSTANT, "when the meeting ended that passed it"),
    Fact("stated_due", INSTANT, "moment that the superior's document or the meeting states"),
    Fact("draft_due", INSTANT, "when the draft is due"),
    Fact("issued_number", TEXT, "number under which its document was issued"),
    Fact("closing_number", TEXT, "number against which it is to be closed"),
    Fact("press_text", TEXT, "what the lead unit is told"),
    Fact("press_count", INT, "how often it was pressed, this time included"),
)
# What can be said about who acts at a step.
ACTOR = (Fact("actor_roles", list_of(ROLE), "roles that the actor himself holds: a delegate's own, not those of whom he acts for"),)

# What can be said about a thread of deliberation.
THREAD = (
    Fact("opener", PERSON, "who opens the thread"),
    Fact("opener_unit", UNIT, "unit of whoever opens it"),
    Fact("thread_persons", list_of(PERSON), "the other persons of the thread"),
    Fact("about_document", BOOL, "the thread is about a document"),
    Fact("participant", BOOL, "whoever reads is a person of the thread"),
)

NUMBER = (Fact("series", TEXT, "series of numbers"), Fact("issue_year", INT, "year for which a number is taken"))

# What can be said about the other office when a document goes from one to another.
TRANSMISSION = (
    Fact("office_kind", TEXT, "kind of one's own office"),
    Fact("other_office", TEXT, "id of the other office"),
    Fact("other_kind", TEXT, "kind of the other office"),
    Fact("other_relation", enum("superior", "subordinate", "sibling", "other"), "where the other office stands as seen from one's own"),
    Fact("file_count", INT, "files that go with the document"),
)
_ARRIVAL = ("sender", "sender_number", "document_type", "urgency", "medium", "character_count", "local_time")

# What can be said about a document that is filed or destroyed.
FILING = (
    Fact("retention_class", code("retention_class"), "保管期限"),
    Fact("retention_years", INT, "full years for which it has been kept since the end of its year"),
)

_D = tuple(fact.name for fact in (*DOCUMENT, *ISSUING))
_DS = _D + tuple(fact.name for fact in STEP)
_DSH = _DS + tuple(fact.name for fact in HANDLING)
_DSR = _DS + tuple(fact.name for fact in READER)
_DA = _D + tuple(fact.name for fact in ARRIVAL)
_DR = _D + tuple(fact.name for fact in RECORD)
_DSN = _DS + tuple(fact.name for fact in NUMBER)
_TRANSMISSION = tuple(fact.name for fact in TRANSMISSION)
_DSA = _DS + tuple(fact.name for fact in ACTOR)
_DST = _DS + tuple(fact.name for fact in DRAFT)
_E = tuple(fact.name for fact in (*ISSUING, *ENTRY))

_T = tuple(fact.name for fact in THREAD if fact.name != "participant")

_PROPOSAL_FIELDS = (
    "handling_text", "responsible_units", "lead_unit", "lead_leader", "lead_reason",
    "completion_deadline", "feedback_deadline", "readers", "remark",
)  # fmt: skip
_REGISTER_FIELDS = ("title", "sender", "sender_number", "document_type", "document_class", "matters", "source", "urgency", "medium")
_FEEDBACK_FIELDS = ("result_text", "evidence", "measures", "dispatch_text", "completed")

# What can be said about a service matter at a window.
SERVICE = (
    Fact("duty", enum("own", "own_organ", "other_organ"), "whose matter it is: of who was asked, of a colleague, of another organ"),
    Fact("first_asked", PERSON, "首问责任人: who was asked first"),
    Fact("handler", PERSON, "who has the matter"),
    Fact("colleague", PERSON, "to whom it is handed over"),
    Fact("department_named", TEXT, "department to which the visitor is shown"),
    Fact("notice_parts", list_of(TEXT), "what the one-time notice tells: procedure, basis, conditions, cautions; empty: nothing was told"),
    Fact("condition", TEXT, "condition that is demanded now"),
    Fact("condition_told", BOOL, "the notice has told it"),
    Fact("item", TEXT, "the item of the catalogue; absent: none is named"),
    Fact("item_due", INSTANT, "when it is due by the item's limit, counted from now; absent: the item has none"),
    Fact("limit_source", TEXT, "where that limit comes from, as the catalogue says"),
    Fact("limit_published", BOOL, "the catalogue says that the item is published"),
    Fact("departments", list_of(UNIT), "departments that have a part"),
    Fact("missing_papers", list_of(TEXT), "papers that are missing"),
    Fact("basis", TEXT, "on what the refusal rests"),
    Fact("postponed_due", INSTANT, "until when it is to be done, where it cannot be done at once"),
    Fact("result", TEXT, "result"),
    Fact("approved", BOOL, "the department agrees"),
    Fact("refused", BOOL, "it was refused"),
    Fact("overdue", BOOL, "its due moment has passed"),
    Fact("overdue_in_unit", INT, "matters of the unit that are overdue and not done"),
    Fact("complaint", TEXT, "what was complained about, and what was found"),
)
SERVICE_FACTS = (*(fact.name for fact in SERVICE), "unit", "unit_kind", "reason", "opinion")

OPERATIONS = (
    Operation("documents.incoming.route", "收文应走的流程", facts=_D),
    Operation("documents.outgoing.route", "发文应走的流程", facts=_D),
    Operation("documents.submission.route", "呈批件应走的流程", facts=_D),
    Operation("documents.return.route", "退文应走的流程: by whose consent", facts=_D),
    Operation("documents.document.return", "退文", facts=(*_D, "reason"), fields=("reason",)),
    Operation("documents.incoming.register", "收文登记", facts=_DA, fields=_REGISTER_FIELDS),
    Operation("documents.incoming.classify", "收文分类", facts=_D, fields=("document_class", "urgency")),
    Operation("documents.incoming.preforward", "先转办", facts=_D, fields=("lead_unit",)),
    Operation("documents.document.mark", "标注重要、难点", facts=_DS, fields=("important", "difficult")),
    Operation("documents.proposal.submit", "提交拟办（传阅）意见", facts=_DS, fields=_PROPOSAL_FIELDS),
    Operation("documents.draft.submit", "提交拟稿", facts=_DST, fields=("title", "body", "document_type", "attachments")),
    Operation("documents.step.complete", "办理环节", facts=_DSA, fields=("verdict", "opinion")),
    Operation("documents.step.send_back", "退回", facts=_DS, fields=("reason",)),
    Operation("documents.step.take_back", "撤回", facts=_DS),
    Operation("documents.step.add_signer", "加签", facts=_DS, fields=("person",)),
    Operation("documents.step.transfer", "转办", facts=_DS, fields=("person", "unit")),
    Operation("documents.readers.name", "列明传阅对象: their copies open when the route says so", facts=_DSR, fields=("readers",)),
    Operation("documents.readers.add", "增加传阅对象: beside those that were named", facts=_DSR, fields=("readers",)),
    Operation("documents.reading.finish", "阅毕", facts=_DS),
    Operation("documents.handling.start", "开始办理", facts=_DSH),
    Operation("documents.handling.dispatch", "调度部署", facts=_DSH, fields=("units", "text")),
    Operation("documents.handling.report", "报告分管领导", facts=_DSH, fields=("text",)),
    Operation("documents.material.request", "要求提供材料", facts=_DSH, fields=("units", "text", "material_due")),
    Operation("documents.material.supply", "提供材料", facts=_DSH, fields=("text",)),
    Operation("documents.feedback.submit", "办结反馈", facts=_DSH, fields=_FEEDBACK_FIELDS),
    Operation("documents.extension.request", "申请延期", facts=_DSH, fields=("new_due", "reason")),
    Operation("documents.extension.decide", "审批延期", facts=_DSH, fields=("reason",)),
    Operation("documents.reply.send", "答复来文单位", facts=_DS, fields=("text",)),
    Operation("documents.document.issue", "编号印发", facts=_DSN, fields=("series",)),
    Operation(
        "documents.record.add",
        "登记事项: the record that is added can be seen",
        facts=_DR,
        fields=("text", "attachments", "unit", "persons"),
    ),
    Operation("documents.record.withdraw", "撤销登记事项", facts=(*_DR, "reason"), fields=("reason",)),
    Operation("documents.transmission.send", "发送其他单位: asked for each receiver", facts=(*_D, *_TRANSMISSION), fields=("receivers",)),
    Operation("documents.arrival.accept", "接收其他单位来件: what is refused here goes back at once", facts=(*_ARRIVAL, *_TRANSMISSION)),
    Operation("documents.document.correct", "更正登记", facts=(*_D, "reason"), fields=("reason",)),
    Operation("documents.issue_entry.add", "纳入发文清单", facts=_E, fields=("title", "lead_unit", "superior_document", "stated_due_time")),
    Operation("documents.issue_entry.press", "督办牵头单位", facts=_E, fields=("text",)),
    Operation("documents.issue_entry.close", "发文清单销号", facts=_E, fields=("document_number",)),
    Operation("documents.filing.file", "归档", facts=(*_D, "retention_class"), fields=("retention_class",)),
    Operation("documents.filing.destroy", "销毁", facts=(*_D, "retention_class", "retention_years")),
    Operation("documents.document.void", "作废", facts=(*_D, "reason"), fields=("reason",)),
    Operation("documents.document.copy", "打印、下载、摘抄、转借", facts=_D),
    Operation("documents.permit.request", "申请打印、下载、摘抄、转借", facts=(*_D, "reason"), fields=("reason",)),
    Operation("documents.thread.open", "发起酝酿、沟通", facts=_T, fields=("persons",)),
    Operation("documents.thread.read", "查看酝酿、沟通的意见", facts=(*_T, "participant")),
)

# `fields` are those of the request, and of the matter where that is what has to be mended first.
SERVICE_OPERATIONS = (
    Operation("documents.service.open", "首问登记", facts=SERVICE_FACTS, fields=("item", "colleague", "department_named")),
    Operation("documents.service.notify", "一次性告知", facts=SERVICE_FACTS, fields=("notice",)),
    Operation("documents.service.demand", "要求补充条件", facts=SERVICE_FACTS, fields=("condition",)),
    Operation("documents.service.accept", "受理", facts=SERVICE_FACTS, fields=("missing_papers", "item", "notice")),
    Operation("documents.service.postpone", "说明不能马上办理", facts=SERVICE_FACTS, fields=("reason", "due_time")),
    Operation("documents.service.decide", "部门办理", facts=SERVICE_FACTS, fields=("approved", "opinion")),
    Operation("documents.service.complete", "办结", facts=SERVICE_FACTS, fields=("result",)),
    Operation("documents.service.refuse", "不予办理", facts=SERVICE_FACTS, fields=("reason", "basis", "notice")),
    Operation("documents.service.close", "结束接待", facts=SERVICE_FACTS, fields=("result", "notice")),
)
SERVICE_EVENTS = (
    EventKind("documents.service.opened", "有人来办事", facts=SERVICE_FACTS),
    EventKind("documents.service.accepted", "已受理: the clocks of the request start", facts=SERVICE_FACTS),
    EventKind("documents.service.postponed", "已说明不能马上办理: the clock of the new limit starts", facts=SERVICE_FACTS),
    EventKind("documents.service.complaint_confirmed", "投诉经查属实", facts=SERVICE_FACTS),
)

EVENTS = (
    EventKind("documents.incoming.registered", "收文已登记: the clock of replies starts", facts=_D),
    EventKind("documents.incoming.classified", "已分类", facts=_D),
    EventKind("documents.proposal.submitted", "拟办意见已提交", facts=_DS),
    EventKind("documents.step.arrived", "环节到达: the clock of the step starts, ended by completing it", facts=_DSH),
    EventKind("documents.step.completed", "环节办毕", facts=_DS),
    EventKind("documents.handling.arrived", "办件到达承办单位: the clock of its start runs, ended by starting", facts=_DSH),
    EventKind("documents.handling.started", "已开始办理", facts=_DSH),
    EventKind("documents.material.requested", "已要求提供材料: ended by supplying it", facts=_DSH),
    EventKind("documents.difficulty.marked", "已列为难点问题: replaces the clock of the reply", facts=_DS),
    EventKind("documents.document.replied", "已答复来文单位: ends the clock of the reply", facts=_DS),
    EventKind("documents.document.interim_replied", "已先行回复说明", facts=_DS),
    EventKind("documents.draft.submitted", "拟稿已提交", facts=_D),
    EventKind("documents.document.returned", "已退文", facts=_D),
    EventKind("documents.document.closed", "已办结（销号）", facts=_DSH),
    EventKind("documents.record.added", "事项已登记", facts=_DR),
    EventKind("documents.issue_entry.opened", "已纳入发文清单; passed by a meeting: the clock runs from its end", facts=_E),
    EventKind("documents.issue_entry.received", "牵头单位已收到上级来文: the clock of its draft starts", facts=_E),
    EventKind("documents.issue_entry.delivered", "代拟稿已报送", facts=_E),
    EventKind("documents.issue_entry.pressed", "已督办牵头单位", facts=_E),
    EventKind("documents.document.filed", "已归档: the ledger names its retention class", facts=_D),
    EventKind("documents.document.issued", "已印发", facts=_DSN),
    EventKind("documents.draft.created", "已拟稿: the clock of what must be reported in time", facts=_D),
    EventKind("documents.thread.opened", "已发起酝酿、沟通", facts=_T),
)

# What a step of a procedure may ask for. Each has one way of completing it.
ACTS = (
    Act("draft", "拟稿"),
    Act("register", "收稿登记"),
    Act("propose", "拟办"),
    Act("review", "审核"),
    Act("check", "核稿"),
    Act("sign", "审签"),
    Act("approve", "审批"),
    Act("decide", "审定"),
    Act("handle", "承办"),
    Act("report", "报告"),
    Act("read", "传阅"),
    Act("execute", "办理（报出）"),
    Act("reply", "答复"),
    Act("issue", "编号印发"),
)

PERMISSIONS = (
    "documents:access:grant",
    "documents:attachment:read",
    "documents:attachment:upload",
    "documents:audit:read",
    "documents:document:classify",
    "documents:document:correct",
    "documents:document:draft",
    "documents:document:export",
    "documents:document:issue",
    "documents:document:read",
    "documents:document:register",
    "documents:document:supervise",
    "documents:document:void",
    "documents:extension:decide",
    "documents:issue_list:manage",
    "documents:issue_list:read",
    "documents:filing:destroy",
    "documents:filing:manage",
    "documents:filing:read",
    "documents:ledger:read",
    "documents:number:manage",
    "documents:pack:move",
    "documents:service:handle",
    "documents:step:act",
    "documents:upkeep:read",
    "documents:upkeep:repair",
)

CATALOGUE = FactCatalogue(
    service="documents",
    facts=(
        *DOCUMENT,
        *STEP,
        *HANDLING,
        *READER,
        *ARRIVAL,
        *RECORD,
        *THREAD,
        *NUMBER,
        *FILING,
        *ISSUING,
        *DRAFT,
        *ENTRY,
        *ACTOR,
        *TRANSMISSION,
        *SERVICE,
    ),
    operations=(*OPERATIONS, *SERVICE_OPERATIONS),
    events=(*EVENTS, *SERVICE_EVENTS),
    acts=ACTS,
    permissions=PERMISSIONS,
    holders=True,
    declares=("incoming", "outgoing", "submission"),
)
