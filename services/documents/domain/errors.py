"""The refusals of documents that are the platform's own. What a regulation refuses comes from its pack."""

from services.kit.errors import Exists, Invalid, Missing, Refused


class Classified(Refused):
    """A classified document does not enter: this is no classified network."""

    reason = "CLASSIFIED"
    text = "标有“{secrecy}”的涉密公文不得进入本系统，请按保密规定通过涉密渠道办理"


class Duplicate(Exists):
    """The same sender, number and date are registered already."""

    reason = "DUPLICATE"
    text = "来文已登记（{number}），请核对；确需另行登记的，请确认后再次提交"


class NotADraft(Refused):
    reason = "NOT_A_DRAFT"
    text = "文件已提交，不再是草稿"


class WrongState(Refused):
    """The document's state does not allow it."""

    reason = "WRONG_STATE"
    text = "文件当前状态（{state}）不允许此项操作"


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
    text = "{field}不在本单位的代码表中：{value}"


class TooManyRows(Refused):
    reason = "TOO_MANY_ROWS"
    text = "超过{most}行，请缩小筛选范围后再导出"


class ExtensionDecided(Refused):
    reason = "EXTENSION_DECIDED"
    text = "该延期申请已有结论"


class NotTheDecider(Missing):
    """The extension is not the caller's to decide."""


class MaterialSupplied(Refused):
    reason = "MATERIAL_SUPPLIED"
    text = "材料已经提供"


class NoLimitToExtend(Refused):
    reason = "NO_LIMIT_TO_EXTEND"
    text = "此环节没有正在计算的时限"


class NewLimitNotLater(Invalid):
    reason = "NEW_LIMIT_NOT_LATER"
    text = "申请的时限应晚于现有时限"


class PreforwardedAlready(Refused):
    reason = "PREFORWARDED_ALREADY"
    text = "该文件已先转办"


class NumberTaken(Exists):
    reason = "NUMBER_TAKEN"
    text = "文号{number}已被使用"


class NumberNotReserved(Refused):
    reason = "NUMBER_NOT_RESERVED"
    text = "文号{number}不是可用的预留文号"


class TypeNotAllowed(Refused):
    reason = "TYPE_NOT_ALLOWED"
    text = "不支持的附件类型：{type}"


class FileTooLarge(Refused):
    reason = "FILE_TOO_LARGE"
    text = "附件超过{megabytes}MB"


class DocumentTooLarge(Refused):
    reason = "DOCUMENT_TOO_LARGE"
    text = "附件总量超过{megabytes}MB"


class FileEmpty(Refused):
    reason = "FILE_EMPTY"
    text = "附件内容为空"


class Infected(Refused):
    reason = "INFECTED"
    text = "附件“{file_name}”查出病毒，不能打开"


class AttachmentHeld(Refused):
    """A registered document keeps its files."""

    reason = "ATTACHMENT_HELD"
    text = "文件登记后附件不能移除"
