"""Addresses of the ways out of the platform, as URLs. Secrets stand in them."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

ROBOTS = {"wecombot": "企业微信群机器人", "dingtalk": "钉钉群机器人", "feishu": "飞书群机器人", "lark": "Lark群机器人"}
_HIDDEN = "******"


def kind_of(address: str) -> str:
    """The scheme of an address: which kind of robot it is."""
    return address.partition("://")[0].lower() if "://" in address else ""


def mail_address(server: str, to: str) -> str:
    """The address of a mail to `to` by this server; empty without a server or a recipient."""
    return _with(server, "to", to) if server and to else ""


def robot_address(robot: str, mention: str) -> str:
    """The robot's address, with the person that it is to mention."""
    return _with(robot, "to", mention) if robot and mention else robot


def without_secret(address: str) -> str:
    """An address as it may be shown: its kind, and its host where that is a name and not a key."""
    if not address:
        return ""
    host = urlsplit(address).hostname or ""
    return f"{kind_of(address)}://{host}/{_HIDDEN}" if "." in host else f"{kind_of(address)}://{_HIDDEN}"


def _with(address: str, name: str, value: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}{name}={quote(value, safe='@')}"
