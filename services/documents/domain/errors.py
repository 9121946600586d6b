"""The refusals of documents that are the platform's own. What a regulation refuses comes from its pack."""

from services.kit.errors import Exists, FieldViolation, Forbidden, Invalid, Missing, Refused


class Classified(Refused):
    """A classified document does not enter: this is no classified network."""

    reason = "CLASSIFIED"
    text = "标有“{secrecy}”的涉密公文不得进入本系统，请按保密规定通过涉密渠道办理"


class Duplicate(Exists):
    """The same sender, number and date are registered already."""

    reason = "DUPLICATE"
    text = "来文已登记（{number}），请核对；确需另行登记的，请确认后再次提交"


class NotADraft(Refused):
    """The document was submitted: what was a draft is on its route."""

    reason = "NOT_A_DRAFT"
    text = "文件已提交，不再是草稿"


class WrongState(Refused):
    """The document's state does not allow it."""

    reason = "WRONG_STATE"
    text = "文件当前状态（{state}）不允许此项操作"


class ReturnPending(Refused):
    """It has grounds for a return that nobody has decided about yet."""

    reason = "RETURN_PENDING"
    text = "该文件存在退文情形，须待退文意见审批后办理"


class NotReturned(Refused):
    """Only a document that was returned can be handed in again."""

    reason = "NOT_RETURNED"
    text = "只有已退文的公文可以重报"


class NoRoute(Refused):
    """The rules of the tenant have no route for this document."""

    reason = "NO_ROUTE"
    text = "本单位的制度未规定此类文件的办理流程"


class NobodyHoldsRole(Refused):
    """The next step would lie with nobody."""

    reason = "NOBODY_HOLDS_ROLE"
    text = "下一环节“{step}”没有可办理的人员（角色：{role}，单位：{unit}），请先在组织机构中设置"


class WrongMethod(Refused):
    """This kind of step is completed in another way."""

    reason = "WRONG_METHOD"
    text = "此环节（{act}）请使用相应功能办理"


class NotYourStep(Missing):
    """The step is not the caller's to act on; the same answer as for one that is not there."""


class UnknownUnit(Invalid):
    """A unit that the tenant does not have."""

    reason = "UNKNOWN_UNIT"
    text = "没有这个单位：{unit}"


class UnknownPerson(Invalid):
    """A person who is not a member of the tenant."""

    reason = "UNKNOWN_PERSON"
    text = "没有这个人员：{person}"


class UnknownCode(Invalid):
    """A code that the tenant's rules do not know."""

    reason = "UNKNOWN_CODE"
    text = "{label}“{value}”不在本单位的代码表中"


class TooManyRows(Refused):
    """An export would have more rows than a spreadsheet can be read with."""

    reason = "TOO_MANY_ROWS"
    text = "超过{most}行，请提交后台导出或缩小筛选范围"


class OrderInvalid(Invalid):
    """The ledger has no index for this order."""

    reason = "ORDER_INVALID"
    text = "该台账不支持此排序方式"

    def __init__(self) -> None:
        super().__init__([FieldViolation("filter.order", self.text, self.reason)])


class NothingToSearch(Invalid):
    """The text has neither letters nor figures nor characters."""

    reason = "NOTHING_TO_SEARCH"
    text = "请输入要查找的字词"

    def __init__(self) -> None:
        super().__init__([FieldViolation("text", self.text, self.reason)])


class GrantEndInvalid(Invalid):
    """The end of a grant has to come."""

    reason = "GRANT_END_INVALID"
    text = "授权截止时间须晚于现在"

    def __init__(self) -> None:
        super().__init__([FieldViolation("end_time", self.text, self.reason)])


class GrantEnded(Refused):
    """The grant was revoked or has ended."""

    reason = "GRANT_ENDED"
    text = "该授权已经终止"


class Filed(Refused):
    """What was filed is read-only."""

    reason = "FILED"
    text = "文件已归档，不能再作修改"


class NotFiled(Refused):
    """Only what was filed is destroyed by list."""

    reason = "NOT_FILED"
    text = "《{title}》尚未归档，不能列入销毁清册"


class YearDiffers(Refused):
    """The matter was closed in another year."""

    reason = "YEAR_DIFFERS"
    text = "《{title}》不是{year}年度办结的文件"


class RetentionMissing(Refused):
    """Neither the request nor the rules say how long it is kept."""

    reason = "RETENTION_MISSING"
    text = "《{title}》未确定保管期限"


class TwoPersonsNeeded(Refused):
    """Who proposed a destruction does not decide it."""

    reason = "TWO_PERSONS_NEEDED"
    text = "销毁须由两人办理，提出人不能自行批准"


class DestructionDecided(Refused):
    """The destruction was decided before."""

    reason = "DESTRUCTION_DECIDED"
    text = "该销毁清册已有结论"


class ExportNotReady(Refused):
    """The export is not made yet, could not be made, or has expired."""

    reason = "EXPORT_NOT_READY"
    text = "导出文件{state}，不能下载"


class ExtensionDecided(Refused):
    """The request for more time was granted or refused before."""

    reason = "EXTENSION_DECIDED"
    text = "该延期申请已有结论"


class UnknownRecordKind(Refused):
    """The rules of the tenant know no such record on such a document."""

    reason = "UNKNOWN_RECORD_KIND"
    text = "本单位的制度没有规定此类登记事项：{kind}"


class NotYoursToRecord(Refused):
    """Others make records of this kind."""

    reason = "NOT_YOURS_TO_RECORD"
    text = "“{kind}”由{roles}登记"


class WithdrawnAlready(Refused):
    """The record was withdrawn before."""

    reason = "WITHDRAWN_ALREADY"
    text = "该登记事项已撤销"


class FieldInvalid(Invalid):
    """A value is not what the regulation's declaration says."""

    reason = "FIELD_INVALID"
    text = "填写有误：{words}"


class NotTheDecider(Missing):
    """The extension is not the caller's to decide."""


class MaterialSupplied(Refused):
    """The material was supplied before."""

    reason = "MATERIAL_SUPPLIED"
    text = "材料已经提供"


class NoLimitToExtend(Refused):
    """No limit runs at this step."""

    reason = "NO_LIMIT_TO_EXTEND"
    text = "此环节没有正在计算的时限"


class NewLimitNotLater(Invalid):
    """The moment that is asked for is not after the present limit."""

    reason = "NEW_LIMIT_NOT_LATER"
    text = "申请的时限应晚于现有时限"


class PreforwardedAlready(Refused):
    """The document was sent for handling ahead of its route before."""

    reason = "PREFORWARDED_ALREADY"
    text = "该文件已先转办"


class NumberTaken(Exists):
    """Another document carries the number."""

    reason = "NUMBER_TAKEN"
    text = "文号{number}已被使用"


class NumberNotReserved(Refused):
    """The number was not reserved, or is in use or void already."""

    reason = "NUMBER_NOT_RESERVED"
    text = "文号{number}不是可用的预留文号"


class TypeNotAllowed(Refused):
    """The content of the file is of a type that is not taken in."""

    reason = "TYPE_NOT_ALLOWED"
    text = "不支持的附件类型：{type}"


class FileTooLarge(Refused):
    """The file is larger than this installation allows."""

    reason = "FILE_TOO_LARGE"
    text = "附件超过{megabytes}MB"


class DocumentTooLarge(Refused):
    """The files of the document would be larger together than this installation allows."""

    reason = "DOCUMENT_TOO_LARGE"
    text = "附件总量超过{megabytes}MB"


class FileEmpty(Refused):
    """The file has no bytes."""

    reason = "FILE_EMPTY"
    text = "附件内容为空"


class Infected(Refused):
    """The virus scanner found something in the file."""

    reason = "INFECTED"
    text = "附件“{file_name}”查出病毒，不能打开"


class AttachmentHeld(Refused):
    """A registered document keeps its files."""

    reason = "ATTACHMENT_HELD"
    text = "文件登记后附件不能移除"


class NotIssued(Refused):
    """Only what was issued leaves the house."""

    reason = "NOT_ISSUED"
    text = "文件尚未编号印发，不能发送其他单位"


class UnknownReceiver(Invalid):
    """No other office of the installation has this id."""

    reason = "UNKNOWN_RECEIVER"
    text = "没有这个收文单位：{receiver}"


class TransmittedAlready(Exists):
    """The document is with this office already, or on its way there."""

    reason = "TRANSMITTED_ALREADY"
    text = "文件已发送{receiver}"


class TransmissionAnswered(Refused):
    """The receiver has registered or refused it, or it was taken back."""

    reason = "TRANSMISSION_ANSWERED"
    text = "对方单位已处理（{state}），不能再撤回"


class NothingToAcknowledge(Refused):
    """Only a refusal that nobody has taken note of can be taken note of."""

    reason = "NOTHING_TO_ACKNOWLEDGE"
    text = "没有需要确认的拒收"


class ArrivalAnswered(Refused):
    """It was registered, refused or taken back before."""

    reason = "ARRIVAL_ANSWERED"
    text = "该来件{state}，不能再次处理"


class PermitDecided(Refused):
    """The permit was granted or refused before."""

    reason = "PERMIT_DECIDED"
    text = "该申请已有结论"


class NotYoursToDecide(Missing):
    """The permit is not the caller's to decide."""


class NotInTheText(Invalid):
    """An excerpt is a passage of the document itself."""

    reason = "NOT_IN_THE_TEXT"
    text = "摘录的内容须与正文一致"


class CopyNotAllowed(Refused):
    """The rules leave this act to others, and no permit was granted."""

    reason = "COPY_NOT_ALLOWED"
    text = "未经批准，不能{act}该文件"


class PackVersionUnknown(Invalid):
    """A version of a regulation that is not in force in the tenant."""

    reason = "PACK_VERSION_UNKNOWN"
    text = "没有在施行的制度版本"


class PackTextOfOther(Invalid):
    """The text that is given is another pack or version than the one that is named."""

    reason = "PACK_TEXT_OF_OTHER"
    text = "制度文本与所填的制度或版本不一致：{summary}"


class PackMoveImpossible(Refused):
    """A running matter cannot go on under the other version."""

    reason = "PACK_MOVE_IMPOSSIBLE"
    text = "文件“{number}”不能改按新版本办理：{why}"


class NoIssueList(Refused):
    """No regulation of the tenant keeps a list of documents to be issued."""

    reason = "NO_ISSUE_LIST"
    text = "本单位的制度未规定此类发文清单"


class EntryEnded(Refused):
    """The entry of the issue list is past this."""

    reason = "ISSUE_ENTRY_ENDED"
    text = "发文清单中的这一项当前状态不允许此项操作"


class NotYetIssuedHere(Refused):
    """The entry's document is not issued, or carries another number."""

    reason = "ISSUED_UNDER_NO_SUCH_NUMBER"
    text = "该项对应的文件尚未以{number}印发，不能销号"


class NotTheKeeper(Forbidden):
    """The ledger is closed by others."""

    reason = "NOT_LEDGER_KEEPER"
    text = "该台账由{role}销号"


class MeetingNotOver(Invalid):
    """The meeting would end after now."""

    reason = "MEETING_NOT_OVER"
    text = "会议结束时间不能晚于当前时间"


class ItemUnknown(Refused):
    """The register of items has no such item."""

    reason = "ITEM_UNKNOWN"
    text = "办事项目不存在或已经停办"


class MatterOver(Refused):
    """The matter has ended, or is not as far as the act asks for."""

    reason = "MATTER_STATE"
    text = "该事项已办结，或当前状态不允许此项操作"


class NotHandedOver(Refused):
    """Nobody has handed the matter to the caller."""

    reason = "NOT_HANDED_OVER"
    text = "该事项没有转交给您，或已经接收"


class NoticeGiven(Refused):
    """What there is to know is told once."""

    reason = "NOTICE_GIVEN"
    text = "已经一次性告知，不能再次告知"


class PartNotOpen(Refused):
    """The department has no part to decide now."""

    reason = "PART_NOT_OPEN"
    text = "该部门当前没有需要办理的环节"


class PartsOpen(Refused):
    """Departments have yet to decide."""

    reason = "PARTS_OPEN"
    text = "尚有部门没有办理完毕"
