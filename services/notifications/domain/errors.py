"""The refusals of notifications."""

from __future__ import annotations

from services.kit.errors import Invalid, Missing, Refused


class ChannelNotOffered(Refused):
    """The person names a way that the tenant does not offer."""

    reason = "CHANNEL_NOT_OFFERED"
    text = "本单位未开通该消息渠道：{channel}"


class UnknownRobot(Invalid):
    """The address of the robot is of no kind that the platform speaks to."""

    reason = "UNKNOWN_ROBOT"
    text = "无法识别的群机器人地址，请使用以下类型之一：{kinds}"


class MessageMissing(Missing):
    """There is no such message, or it is somebody else's."""

    reason = "MESSAGE_NOT_FOUND"
    text = "没有找到这条消息"
