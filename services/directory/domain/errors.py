"""The refusals of directory."""

from __future__ import annotations

from services.kit.errors import Exists, Forbidden, Invalid, Missing, Refused


class TenantExists(Exists):
    """The tenant's id is taken."""

    reason = "TENANT_EXISTS"
    text = "单位代码“{tenant}”已被使用"


class ParentUnknown(Refused):
    """The superior tenant does not exist."""

    reason = "PARENT_UNKNOWN"
    text = "上级单位“{parent}”不存在"


class TimeUnknown(Invalid):
    """The time zone or the office hours cannot be read."""

    reason = "TIME_UNKNOWN"
    text = "{summary}"


class UnitExists(Exists):
    """The unit's id is taken."""

    reason = "UNIT_EXISTS"
    text = "科室代码“{unit}”已被使用"


class UnitUnknown(Refused):
    """The unit does not exist at that moment."""

    reason = "UNIT_UNKNOWN"
    text = "科室“{unit}”不存在或已撤销"


class UnitCycle(Refused):
    """The unit would stand above itself."""

    reason = "UNIT_CYCLE"
    text = "科室“{unit}”不能隶属于自己的下级"


class UnitInUse(Refused):
    """Persons, posts or units below it go on after its end."""

    reason = "UNIT_IN_USE"
    text = "科室“{unit}”仍有人员、职务或下级科室，不能撤销"


class PersonExists(Exists):
    """The person belongs to the tenant already."""

    reason = "PERSON_EXISTS"
    text = "该人员（{person}）已在本单位"


class PersonUnknown(Refused):
    """The person does not belong to the tenant at that moment."""

    reason = "PERSON_UNKNOWN"
    text = "人员“{person}”不在本单位"


class KindDiffers(Refused):
    """A known person is not to become a service, nor the reverse."""

    reason = "KIND_DIFFERS"
    text = "该账号（{person}）已登记为其他类型"


class PermissionUnknown(Refused):
    """No method asks for such a permission."""

    reason = "PERMISSION_UNKNOWN"
    text = "权限“{permission}”不存在"


class PermissionNotHeld(Forbidden):
    """Nobody grants what he does not hold."""

    reason = "PERMISSION_NOT_HELD"
    text = "您没有权限“{permission}”，不能授予他人"


class SubjectTaken(Exists):
    """Somebody else signs in as that subject."""

    reason = "SUBJECT_TAKEN"
    text = "该登录账号已绑定其他人员"


class SubjectUnknown(Missing):
    """Nobody is bound to the subject."""

    reason = "SUBJECT_UNKNOWN"
    text = "该登录账号尚未绑定人员，请联系本单位管理员"


class BelongsElsewhere(Forbidden):
    """How a person signs in is said where the person was taken in first."""

    reason = "BELONGS_ELSEWHERE"
    text = "该人员的登录账号由其所属单位的管理员绑定"


class PeriodEmpty(Refused):
    """The end is not after the beginning."""

    reason = "PERIOD_EMPTY"
    text = "结束时间必须晚于开始时间"


class EndedAlready(Refused):
    """It has ended before."""

    reason = "ENDED_ALREADY"
    text = "已经结束，不能再次结束"


class PostOverlaps(Refused):
    """The person holds the same post there in part of the period."""

    reason = "POST_OVERLAPS"
    text = "该人员在此期间已担任同一职务"


class PortfolioOverlaps(Refused):
    """The leader is in charge of the same in part of the period."""

    reason = "PORTFOLIO_OVERLAPS"
    text = "该领导在此期间已分管同一科室或领域"


class DelegationCycle(Refused):
    """Two persons would act for each other."""

    reason = "DELEGATION_CYCLE"
    text = "不能授权给自己，也不能相互授权"


class DelegationChain(Refused):
    """What was delegated cannot be passed on."""

    reason = "DELEGATION_CHAIN"
    text = "同一期间内，受托人不能再转授权"


class NotYourDelegation(Forbidden):
    """A delegation for somebody else needs the permission to manage delegations."""

    reason = "NOT_YOUR_DELEGATION"
    text = "只能为本人设立或撤销授权"


class DayInvalid(Invalid):
    """There is no such day, or the span is too long."""

    reason = "DAY_INVALID"
    text = "{summary}"


class VersionExists(Exists):
    """This version of the pack is kept with another content."""

    reason = "VERSION_EXISTS"
    text = "制度“{pack}”第{version}版已存在且内容不同，请提高版本号"


class ActiveAlready(Refused):
    """The version is in force, or will be."""

    reason = "ACTIVE_ALREADY"
    text = "制度“{pack}”第{version}版已经启用"


class NotActive(Refused):
    """The version is not in force at that moment."""

    reason = "NOT_ACTIVE"
    text = "制度“{pack}”第{version}版没有启用"


class PackUndated(Refused):
    """The regulation has not been given the day from which it is in force."""

    reason = "PACK_UNDATED"
    text = "制度“{pack}”尚未确定施行日期，不能启用"


class ClauseUnknown(Refused):
    """No pack in force has such a clause."""

    reason = "CLAUSE_UNKNOWN"
    text = "现行制度没有条款“{clause}”"


class RegisterUnknown(Refused):
    """No pack in force demands such a register."""

    reason = "REGISTER_UNKNOWN"
    text = "现行制度没有名册“{register}”"


class RegisterFull(Refused):
    """The holder has as many entries as the register allows."""

    reason = "REGISTER_FULL"
    text = "每个登记对象最多{most}条"


class FieldInvalid(Invalid):
    """A column of the entry is missing, unknown or not of its type."""

    reason = "FIELD_INVALID"
    text = "登记内容有误：{summary}"


class NotProposed(Refused):
    """The entry does not wait for a consent."""

    reason = "NOT_PROPOSED"
    text = "该登记不在审核中"


class NotRegisterKeeper(Forbidden):
    """The register is kept by others."""

    reason = "NOT_REGISTER_KEEPER"
    text = "您不负责维护该名册"


class NotRegisterReader(Forbidden):
    """The register is for others to read."""

    reason = "NOT_REGISTER_READER"
    text = "您无权查阅该名册"


class NotChangeable(Refused):
    """An entry that others have consented to is ended and proposed anew."""

    reason = "NOT_CHANGEABLE"
    text = "经审核的登记不能修改，请注销后重新申报"


class NotTheApprover(Forbidden):
    """The caller does not hold the role whose consent is asked for."""

    reason = "NOT_THE_APPROVER"
    text = "当前应由“{role}”审核"


class RoleUnknown(Missing):
    """No pack in force knows the role."""

    reason = "ROLE_UNKNOWN"
    text = "现行制度没有角色“{role}”"


class WorkbookUnreadable(Invalid):
    """The file is no spreadsheet that can be read."""

    reason = "WORKBOOK_UNREADABLE"
    text = "无法读取表格文件，请使用导出的模板（xlsx）"
