"""Requests to documents: papers at every place of their route."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from services.kit import ids
from services.kit.testing.builders.desk import Act, Builder, Desk, instant

_PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< >>\nendobj\ntrailer\n<< >>\n%%EOF\n"


class Paper:
    """An incoming document on its way."""

    def __init__(self, desk: Desk, **fields: Any) -> None:
        self.desk = desk
        about = {"title": "关于做好防汛工作的通知", "sender": "市政府办公室", "sender_number": f"市府办〔2019〕{ids.new()}号"}
        self.name: str = desk.do("registrar", "RegisterDocument", **(about | fields)).name

    def classified(self, document_class: str = "") -> Paper:
        """On its route."""
        wanted = document_class or self.desk.cast.handled_class
        self.desk.do("registrar", "ClassifyDocument", name=self.name, document_class=wanted)
        return self

    def step(self, act: str, unit: str = "") -> str:
        """Name of the step at which this is done, the newest; where several units do it, that of one."""
        steps = self.desk.do("registrar", "GetRoute", name=self.name).steps
        found = [step.name for step in steps if step.act == act and step.name and unit in ("", step.unit)]
        return str(found[-1])

    def proposed(self, **proposal: Any) -> Paper:
        """Proposed by the clerk: for the section, unless something else is said."""
        said = {"handling_text": "请按要求落实", "responsible_units": [self.desk.unit("section")]} | proposal
        self.desk.do("clerk", "SubmitProposal", name=self.step("propose"), proposal=said)
        return self

    def signed(self) -> Paper:
        """Reviewed and signed by the leader in charge."""
        self.desk.do("registry_head", "CompleteStep", name=self.step("review"), verdict="VERDICT_APPROVE")
        self.desk.do("leader", "CompleteStep", name=self.step("sign"), verdict="VERDICT_APPROVE")
        return self

    def decided(self) -> Paper:
        """Decided by the principal leader: it is in the hands of the units."""
        self.desk.do("principal", "CompleteStep", name=self.step("decide"), verdict="VERDICT_APPROVE")
        return self


def _handled(desk: Desk, **proposal: Any) -> Paper:
    return Paper(desk).classified().proposed(**proposal).signed().decided()


def _shared(desk: Desk) -> Paper:
    """Two sections handle it, the first in the lead."""
    units = [desk.unit("section"), desk.unit("other_section")]
    return _handled(desk, responsible_units=units, lead_unit=units[0])


def _read_paper(desk: Desk) -> Paper:
    """Its reading copies are out."""
    paper = Paper(desk).classified(desk.cast.read_class).proposed(responsible_units=[], readers=[desk.person("section_staff")])
    desk.do("principal", "CompleteStep", name=paper.step("sign"), verdict="VERDICT_APPROVE")
    return paper


def _urgent(desk: Desk) -> Paper:
    """In the hands of the section before it is signed."""
    paper = Paper(desk, urgency="URGENCY_URGENT").classified()
    desk.do("registrar", "PreforwardDocument", name=paper.name, lead_unit=desk.unit("section"))
    return paper


def _draft(desk: Desk, **fields: Any) -> Any:
    about = {"kind": "DOCUMENT_KIND_OUTGOING", "title": "关于河长制工作的报告", "body": "现将有关情况报告如下。"}
    return desk.do("section_staff", "CreateDraft", **about, **fields)


def to_be_issued(desk: Desk, **fields: Any) -> str:
    """An outgoing document with all its signatures."""
    name = _draft(desk, **fields).name
    desk.do("section_staff", "SubmitDraft", name=name)
    for part, act in (("section_head", "review"), ("registry_head", "check"), ("leader", "sign")):
        steps = desk.do("section_staff", "GetRoute", name=name).steps
        (step,) = [each.name for each in steps if each.act == act and each.name]
        desk.do(part, "CompleteStep", name=step, verdict="VERDICT_APPROVE")
    return str(name)


def _material(desk: Desk) -> str:
    paper = _shared(desk)
    asked = _asked(desk, paper)
    handling = desk.do("section_head", "RequestMaterial", **asked)
    return str(handling.materials[0].name)


def _asked(desk: Desk, paper: Paper) -> dict[str, Any]:
    step = paper.step("handle", desk.unit("section"))
    due = instant(desk.now + timedelta(days=2))
    return {"name": step, "units": [desk.unit("other_section")], "text": "请提供有关数据", "due_time": due}


def _longer(desk: Desk) -> dict[str, Any]:
    step = _handled(desk).step("handle")
    return {"name": step, "new_due_time": instant(desk.now + timedelta(days=30)), "reason": "需现场核实"}


def _attachment(desk: Desk, part: str = "section_staff") -> str:
    return str(desk.do(part, "UploadAttachment", file_name="附件.pdf", pieces=(_PDF,)).name)


def _held_attachment(desk: Desk) -> str:
    name = _attachment(desk)
    about = {"kind": "DOCUMENT_KIND_OUTGOING", "title": "关于河长制工作的报告", "attachments": [name]}
    desk.do("section_staff", "CreateDraft", **about)
    return name


def _late(desk: Desk) -> str:
    """A deadline that was broken."""
    paper = Paper(desk).classified()
    step = paper.step("propose")
    desk.pass_time(timedelta(hours=7))
    (deadline, *_) = desk.do("registrar", "GetStep", name=step).deadlines
    return str(deadline.name)


# -- what changes something ----------------------------------------------------------------------------------------------


def register_document(desk: Desk) -> Act:
    about = {"title": "关于做好防汛工作的通知", "sender": "市政府办公室", "sender_number": f"市府办〔2019〕{ids.new()}号"}
    return Act("registrar", {**about, "attachments": [_attachment(desk, "registrar")]})


def classify_document(desk: Desk) -> Act:
    name = Paper(desk).name
    etag = desk.do("registrar", "GetDocument", name=name).etag
    return Act("registrar", {"name": name, "document_class": desk.cast.handled_class, "etag": etag, "reason": "按性质分类"})


def preforward_document(desk: Desk) -> Act:
    return Act("registrar", {"name": Paper(desk, urgency="URGENCY_URGENT").classified().name, "lead_unit": desk.unit("section")})


def mark_document(desk: Desk) -> Act:
    return Act("registrar", {"name": Paper(desk).name, "important": True, "note": "请重点关注"})


def create_draft(desk: Desk) -> Act:
    about = {"kind": "DOCUMENT_KIND_OUTGOING", "title": "关于河长制工作的报告", "body": "现将有关情况报告如下。"}
    return Act("section_staff", {**about, "attachments": [_attachment(desk)]})


def update_draft(desk: Desk) -> Act:
    draft = _draft(desk)
    return Act("section_staff", {"document": {"name": draft.name, "title": "新标题", "etag": draft.etag}, "update_mask": "title"})


def submit_draft(desk: Desk) -> Act:
    return Act("section_staff", {"name": _draft(desk).name})


def delete_draft(desk: Desk) -> Act:
    return Act("section_staff", {"name": _draft(desk).name})


def issue_document(desk: Desk) -> Act:
    return Act("registrar", {"name": to_be_issued(desk), "series": desk.cast.series})


def send_reply(desk: Desk) -> Act:
    return Act("registrar", {"name": Paper(desk).classified().name, "text": "来文收悉，正在办理。", "interim": True})


def correct_document(desk: Desk) -> Act:
    name = Paper(desk).name
    etag = desk.do("registrar", "GetDocument", name=name).etag
    said = {"name": name, "document": {"title": "更正后的标题"}, "update_mask": "title", "reason": "登记有误", "etag": etag}
    return Act("registrar", said)


def void_document(desk: Desk) -> Act:
    return Act("registrar", {"name": Paper(desk).classified().name, "reason": "来文单位撤回"})


def return_document(desk: Desk) -> Act:
    return Act("registrar", {"name": Paper(desk).classified().name, "reason": "附件不齐，请补齐后重报"})


def merge_document(desk: Desk) -> Act:
    return Act("registrar", {"name": Paper(desk).name, "into": Paper(desk).name, "reason": "重复登记"})


def open_step(desk: Desk) -> Act:
    return Act("clerk", {"name": Paper(desk).classified().step("propose")})


def save_proposal(desk: Desk) -> Act:
    return Act("clerk", {"name": Paper(desk).classified().step("propose"), "proposal": {"handling_text": "拟请"}})


def submit_proposal(desk: Desk) -> Act:
    proposal = {"handling_text": "请按要求落实", "responsible_units": [desk.unit("section")]}
    return Act("clerk", {"name": Paper(desk).classified().step("propose"), "proposal": proposal})


def complete_step(desk: Desk) -> Act:
    step = Paper(desk).classified().proposed().step("review")
    return Act("registry_head", {"name": step, "verdict": "VERDICT_APPROVE", "opinion": "拟同意"})


def complete_named_step(desk: Desk) -> Act:
    name = Paper(desk).classified().proposed().name
    return Act("registry_head", {"name": name, "step": "review", "verdict": "VERDICT_APPROVE", "opinion": "拟同意"})


def send_back_step(desk: Desk) -> Act:
    return Act("registry_head", {"name": Paper(desk).classified().proposed().step("review"), "reason": "请补充时限"})


def take_back_step(desk: Desk) -> Act:
    return Act("clerk", {"name": Paper(desk).classified().proposed().step("propose"), "reason": "需要修改"})


def _to_be_signed(desk: Desk) -> str:
    paper = Paper(desk).classified().proposed()
    desk.do("registry_head", "CompleteStep", name=paper.step("review"), verdict="VERDICT_APPROVE")
    return paper.step("sign")


def add_signer(desk: Desk) -> Act:
    return Act("leader", {"name": _to_be_signed(desk), "person": desk.person("other_head"), "reason": "请一并审签"})


def transfer_step(desk: Desk) -> Act:
    return Act("leader", {"name": _to_be_signed(desk), "person": desk.person("principal"), "reason": "外出开会"})


def finish_reading(desk: Desk) -> Act:
    return Act("section_staff", {"name": _read_paper(desk).step("read"), "opinion": "已阅"})


def add_readers(desk: Desk) -> Act:
    return Act("registrar", {"name": _read_paper(desk).name, "readers": [desk.person("other_head")]})


def set_aside_deadline(desk: Desk) -> Act:
    return Act("registry_head", {"deadline": _late(desk), "reason": "登记时间有误"})


def start_handling(desk: Desk) -> Act:
    return Act("section_head", {"name": _handled(desk).step("handle")})


def record_dispatch(desk: Desk) -> Act:
    step = _shared(desk).step("handle", desk.unit("section"))
    return Act("section_head", {"name": step, "units": [desk.unit("other_section")], "text": "请提供数据并参加核查"})


def request_material(desk: Desk) -> Act:
    return Act("section_head", _asked(desk, _shared(desk)))


def supply_material(desk: Desk) -> Act:
    return Act("other_head", {"name": _material(desk), "text": "有关数据见附件"})


def report_handling(desk: Desk) -> Act:
    return Act("section_head", {"name": _urgent(desk).step("report"), "text": "已派人到现场"})


def submit_feedback(desk: Desk) -> Act:
    step = _handled(desk).step("handle")
    return Act("section_head", {"name": step, "result_text": "已办结", "measures": "已开展核查并整改", "completed": True})


def request_extension(desk: Desk) -> Act:
    return Act("section_head", _longer(desk))


def decide_extension(desk: Desk) -> Act:
    asked = desk.do("section_head", "RequestExtension", **_longer(desk))
    return Act("registry_head", {"name": asked.name, "granted": True, "reason": "同意延期"})


def _record(desk: Desk) -> str:
    name = Paper(desk).name
    return str(desk.do("registrar", "AddRecord", name=name, kind="note", text="来文附件缺页，已与来文单位联系").name)


def add_record(desk: Desk) -> Act:
    return Act("registrar", {"name": Paper(desk).name, "kind": "note", "text": "来文附件缺页，已与来文单位联系"})


def withdraw_record(desk: Desk) -> Act:
    return Act("registrar", {"name": _record(desk), "reason": "登记有误"})


def reserve_number(desk: Desk) -> Act:
    return Act("registrar", {"series": desk.cast.series, "reason": "预留"})


def void_number(desk: Desk) -> Act:
    kept = desk.do("registrar", "ReserveNumber", series=desk.cast.series, reason="预留")
    return Act("registrar", {"number": kept.number, "reason": "不再使用"})


def import_numbers(desk: Desk) -> Act:
    return Act("registrar", {"series": f"旧{ids.new()}", "year": 2018, "positions": [1, 2, 5], "reason": "旧系统"})


def upload_attachment(desk: Desk) -> Act:
    return Act("section_staff", {"file_name": "附件.pdf", "document": _draft(desk).name}, pieces=(_PDF[:9], _PDF[9:]))


def remove_attachment(desk: Desk) -> Act:
    return Act("section_staff", {"name": _attachment(desk)})


def _issued(desk: Desk) -> str:
    return str(desk.do("registrar", "IssueDocument", name=to_be_issued(desk), series=desk.cast.series).name)


def _transmitted(desk: Desk) -> str:
    done = desk.do("registrar", "TransmitDocument", name=_issued(desk), receivers=[desk.neighbour.tenant])
    desk.settle()
    return str(done.transmissions[0].name)


def _arrived(desk: Desk) -> str:
    """What the office next door sent."""
    return _transmitted(desk.neighbour).replace("transmissions/", "arrivals/")


def transmit_document(desk: Desk) -> Act:
    return Act("registrar", {"name": _issued(desk), "receivers": [desk.neighbour.tenant]})


def withdraw_transmission(desk: Desk) -> Act:
    return Act("registrar", {"name": _transmitted(desk), "reason": "文字有误"})


def acknowledge_transmission(desk: Desk) -> Act:
    name = _transmitted(desk)
    desk.neighbour.do("registrar", "RefuseArrival", name=name.replace("transmissions/", "arrivals/"), reason="不属于本单位职责")
    desk.settle()
    return Act("registrar", {"name": name})


def register_arrival(desk: Desk) -> Act:
    return Act("registrar", {"name": _arrived(desk)})


def refuse_arrival(desk: Desk) -> Act:
    return Act("registrar", {"name": _arrived(desk), "reason": "不属于本单位职责"})


def open_thread(desk: Desk) -> Act:
    return Act("leader", {"subject": "防汛工作的考虑", "persons": [desk.person("section_head")], "text": "请先提出意见"})


def _thread(desk: Desk) -> str:
    return str(desk.do("leader", "OpenThread", subject="防汛工作的考虑", persons=[desk.person("section_head")]).name)


def add_opinion(desk: Desk) -> Act:
    return Act("section_head", {"name": _thread(desk), "text": "建议先核查险段"})


def request_permit(desk: Desk) -> Act:
    return Act("section_head", {"name": _handled(desk).name, "acts": ["COPY_ACT_PRINT"], "reason": "会议使用"})


def decide_permit(desk: Desk) -> Act:
    asked = desk.do("section_head", "RequestPermit", name=_handled(desk).name, acts=["COPY_ACT_PRINT"], reason="会议使用")
    return Act("registry_head", {"name": asked.name, "granted": True, "reason": "同意", "uses": 2})


def copy_document(desk: Desk) -> Act:
    return Act("section_staff", {"name": _draft(desk).name, "act": "COPY_ACT_EXCERPT", "passage": "现将有关情况报告如下。"})


def forward_document(desk: Desk) -> Act:
    return Act("section_head", {"name": _handled(desk).name, "persons": [desk.person("other_head")], "reason": "请参阅"})


# -- what only reads -----------------------------------------------------------------------------------------------------


def find_duplicates(desk: Desk) -> Act:
    return Act("registrar", {"sender": "市政府办公室", "sender_number": "市府办〔2019〕1号"})


def list_numbers(desk: Desk) -> Act:
    return Act("registrar", {"series": desk.cast.series, "year": 2019})


def get_step(desk: Desk) -> Act:
    return Act("registrar", {"name": Paper(desk).classified().step("propose")})


def get_proposal_form(desk: Desk) -> Act:
    return Act("clerk", {"name": Paper(desk).classified().step("propose")})


def get_thread(desk: Desk) -> Act:
    return Act("leader", {"name": _thread(desk)})


def explain_deadline(desk: Desk) -> Act:
    step = Paper(desk).classified().step("propose")
    (deadline, *_) = desk.do("registrar", "GetStep", name=step).deadlines
    return Act("registrar", {"deadline": deadline.name})


def download_attachment(desk: Desk) -> Act:
    return Act("section_staff", {"name": _held_attachment(desk)})


_APRIL = {"first_day": {"year": 2019, "month": 4, "day": 1}, "last_day": {"year": 2019, "month": 4, "day": 30}}


def get_efficiency(desk: Desk) -> Act:
    return Act("section_staff", {"unit": desk.unit("section"), **_APRIL})


def list_efficiency_items(desk: Desk) -> Act:
    return Act("section_staff", {"unit": desk.unit("section"), "measure": "MEASURE_OPEN", **_APRIL})


def get_arrival(desk: Desk) -> Act:
    return Act("registrar", {"name": _arrived(desk)})


def _of_paper(desk: Desk) -> Act:
    return Act("registrar", {"name": Paper(desk).classified().name})


# -- windows ---------------------------------------------------------------------------------------------------------------


def _matter(desk: Desk, *, accepted: bool = False, **fields: Any) -> str:
    """A matter of the head's own duty; its request is accepted where that is wanted."""
    about = {"title": "咨询取水许可", "visitor": "王先生", "duty": "DUTY_OWN"}
    name: str = desk.do("section_head", "RecordContact", **(about | fields)).name
    if accepted:
        desk.do("section_head", "GiveNotice", name=name, notice=_NOTICE)
        desk.do("section_head", "AcceptMatter", name=name)
    return name


_NOTICE = {"procedure": "受理、审查、决定", "basis": "取水许可管理办法", "conditions": ["申请书"], "cautions": "现场不收现金"}


def record_contact(desk: Desk) -> Act:
    colleague = desk.person("section_staff")
    return Act("section_head", {"title": "咨询取水许可", "visitor": "王先生", "duty": "DUTY_OWN_ORGAN", "colleague": colleague})


def confirm_hand_over(desk: Desk) -> Act:
    name = _matter(desk, duty="DUTY_OWN_ORGAN", colleague=desk.person("section_staff"))
    return Act("section_staff", {"name": name})


def give_notice(desk: Desk) -> Act:
    return Act("section_head", {"name": _matter(desk), "notice": _NOTICE})


def _at_window(accepted: bool, **fields: Any) -> Builder:
    return lambda desk: Act("section_head", {"name": _matter(desk, accepted=accepted), **fields})


def postpone_matter(desk: Desk) -> Act:
    due = instant(desk.now + timedelta(days=3))
    return Act("section_head", {"name": _matter(desk, accepted=True), "reason": "须实地查看", "due_time": due})


def decide_part(desk: Desk) -> Act:
    name = _matter(desk)
    desk.do("section_head", "GiveNotice", name=name, notice=_NOTICE)
    desk.do("section_head", "AcceptMatter", name=name, departments=[desk.unit("section")])
    return Act("section_head", {"name": name, "approved": True, "opinion": "同意"})


def confirm_complaint(desk: Desk) -> Act:
    return Act("registry_head", {"name": _matter(desk, accepted=True), "text": "逾期未办，查实"})


def supply_papers(desk: Desk) -> Act:
    name = _matter(desk)
    desk.do("section_head", "GiveNotice", name=name, notice=_NOTICE)
    desk.do("section_head", "AcceptMatter", name=name, missing_papers=["身份证"])
    return Act("section_head", {"name": name, "papers": ["身份证"]})


BUILDERS: dict[str, Builder] = {
    "documents.AttachmentService.DownloadAttachment": download_attachment,
    "documents.AttachmentService.ListAttachments": _of_paper,
    "documents.AttachmentService.RemoveAttachment": remove_attachment,
    "documents.AttachmentService.UploadAttachment": upload_attachment,
    "documents.EfficiencyService.GetEfficiency": get_efficiency,
    "documents.EfficiencyService.ListEfficiencyItems": list_efficiency_items,
    "documents.ExchangeService.AcknowledgeTransmission": acknowledge_transmission,
    "documents.ExchangeService.TransmitDocument": transmit_document,
    "documents.ExchangeService.GetArrival": get_arrival,
    "documents.ExchangeService.RefuseArrival": refuse_arrival,
    "documents.ExchangeService.RegisterArrival": register_arrival,
    "documents.ExchangeService.WithdrawTransmission": withdraw_transmission,
    "documents.DocumentService.ClassifyDocument": classify_document,
    "documents.DocumentService.CorrectDocument": correct_document,
    "documents.DocumentService.CreateDraft": create_draft,
    "documents.DocumentService.DeleteDraft": delete_draft,
    "documents.DocumentService.FindDuplicates": find_duplicates,
    "documents.DocumentService.GetDocument": _of_paper,
    "documents.DocumentService.GetRoute": _of_paper,
    "documents.DocumentService.IssueDocument": issue_document,
    "documents.DocumentService.MarkDocument": mark_document,
    "documents.DocumentService.MergeDocument": merge_document,
    "documents.DocumentService.PreforwardDocument": preforward_document,
    "documents.DocumentService.RegisterDocument": register_document,
    "documents.DocumentService.ReturnDocument": return_document,
    "documents.DocumentService.SendReply": send_reply,
    "documents.DocumentService.SubmitDraft": submit_draft,
    "documents.DocumentService.UpdateDraft": update_draft,
    "documents.DocumentService.VoidDocument": void_document,
    "documents.HandlingService.DecideExtension": decide_extension,
    "documents.HandlingService.GetHandling": _of_paper,
    "documents.HandlingService.RecordDispatch": record_dispatch,
    "documents.HandlingService.ReportHandling": report_handling,
    "documents.HandlingService.RequestExtension": request_extension,
    "documents.HandlingService.RequestMaterial": request_material,
    "documents.HandlingService.StartHandling": start_handling,
    "documents.HandlingService.SubmitFeedback": submit_feedback,
    "documents.HandlingService.SupplyMaterial": supply_material,
    "documents.NumberService.ImportNumbers": import_numbers,
    "documents.NumberService.ListNumbers": list_numbers,
    "documents.NumberService.ReserveNumber": reserve_number,
    "documents.NumberService.VoidNumber": void_number,
    "documents.RecordService.AddRecord": add_record,
    "documents.RecordService.ListRecords": _of_paper,
    "documents.RecordService.WithdrawRecord": withdraw_record,
    "documents.PermitService.CopyDocument": copy_document,
    "documents.PermitService.DecidePermit": decide_permit,
    "documents.PermitService.ForwardDocument": forward_document,
    "documents.PermitService.ListPermits": _of_paper,
    "documents.PermitService.RequestPermit": request_permit,
    "documents.StepService.AddReaders": add_readers,
    "documents.StepService.AddSigner": add_signer,
    "documents.StepService.CompleteNamedStep": complete_named_step,
    "documents.StepService.CompleteStep": complete_step,
    "documents.StepService.ExplainDeadline": explain_deadline,
    "documents.StepService.FinishReading": finish_reading,
    "documents.StepService.GetProposalForm": get_proposal_form,
    "documents.StepService.GetStep": get_step,
    "documents.ServiceMatterService.AcceptMatter": _at_window(False),
    "documents.ServiceMatterService.CloseContact": _at_window(False, result="已答复"),
    "documents.ServiceMatterService.CompleteMatter": _at_window(True, result="准予许可"),
    "documents.ServiceMatterService.ConfirmComplaint": confirm_complaint,
    "documents.ServiceMatterService.ConfirmHandOver": confirm_hand_over,
    "documents.ServiceMatterService.DecidePart": decide_part,
    "documents.ServiceMatterService.DemandCondition": _at_window(True, condition="申请书"),
    "documents.ServiceMatterService.GetServiceMatter": _at_window(False),
    "documents.ServiceMatterService.GiveNotice": give_notice,
    "documents.ServiceMatterService.PostponeMatter": postpone_matter,
    "documents.ServiceMatterService.RecordContact": record_contact,
    "documents.ServiceMatterService.RefuseMatter": _at_window(True, reason="水源不足", basis="取水许可管理办法"),
    "documents.ServiceMatterService.SupplyPapers": supply_papers,
    "documents.StepService.ListReadings": _of_paper,
    "documents.StepService.OpenStep": open_step,
    "documents.StepService.SaveProposal": save_proposal,
    "documents.StepService.SendBackStep": send_back_step,
    "documents.StepService.SetAsideDeadline": set_aside_deadline,
    "documents.StepService.SubmitProposal": submit_proposal,
    "documents.StepService.TakeBackStep": take_back_step,
    "documents.StepService.TransferStep": transfer_step,
    "documents.ThreadService.AddOpinion": add_opinion,
    "documents.ThreadService.GetThread": get_thread,
    "documents.ThreadService.OpenThread": open_thread,
}
