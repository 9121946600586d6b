"""What happens at a window, as the scenarios say it."""

from __future__ import annotations

from typing import Any

from tests.scenario.documents.scene import Scene
from xiaoneng.documents.v1 import service_matter_service_pb2 as pb

STATUTORY, OWN, UNLIMITED, UNPUBLISHED, COMPANYS = (f"registrations/01a20000-0000-7000-8000-00000000000{n}" for n in "789ab")
SUBSIDY = "registrations/01a20000-0000-7000-8000-00000000000c"
NOTICE = {
    "procedure": "受理、审查、决定",
    "basis": "《营业性演出管理条例》",
    "conditions": ["申请书", "场地证明"],
    "cautions": "现场不得吸烟",
}


def asked(office: Scene, who: str, item: str = "", duty: str = "DUTY_OWN", **fields: Any) -> pb.ServiceMatter:
    """Somebody is asked."""
    matter: pb.ServiceMatter = getattr(office, who).RecordContact(title="办理审批", visitor="王先生", item=item, duty=duty, **fields)
    return matter


def accepted(office: Scene, who: str, item: str = "", **fields: Any) -> pb.ServiceMatter:
    """… tells what there is to know and accepts the request."""
    matter = asked(office, who, item)
    person = getattr(office, who)
    person.GiveNotice(name=matter.name, notice=NOTICE)
    done: pb.ServiceMatter = person.AcceptMatter(name=matter.name, **fields)
    return done


def breached(office: Scene, matter: Any) -> list[tuple[str, str]]:
    """Clause and moment of what was breached."""
    office.settle()
    return [(clause, moment) for clause, moment, _ in office.breaches(matter)]
