"""Who signs in during the trials: the people of the demo, and how they come into an installation."""

from pathlib import Path

from tenacity import retry, retry_if_exception, stop_after_delay, wait_fixed

from services.kit import ids
from services.platform.client import Client, Refused
from services.platform.people import PACKS, Organisation, organisations
from services.platform.seeding import load_packs, settle_person

SUBJECTS = tuple(person.subject for each in organisations() for person in (each.administrator, *each.people))
_LATER = (503, 504)


def _for_now(failed: BaseException) -> bool:
    return isinstance(failed, Refused) and failed.status in _LATER


@retry(retry=retry_if_exception(_for_now), wait=wait_fixed(1), stop=stop_after_delay(300), reraise=True)
def seeded(administrator: Client, organisation: Organisation, issuer: str, packs: Path = PACKS) -> None:
    """What the administrator does after the tenant was made: packs, units, persons with their posts.

    `packs` is the folder of those that came with the release, which need not understand the words of a later one.

    Who is told to come later begins again: each request has its own id, so what was done is not done twice.
    """
    load_packs(administrator, [(packs / f"{pack}.yaml").read_text(encoding="utf-8") for pack in organisation.packs])
    for position, unit in enumerate(organisation.units):
        about = {"displayName": unit.display_name, "kind": unit.kind, "position": position}
        administrator.post("/v1/units", {"unitId": unit.id, "unit": about}, request_id=ids.named(f"{organisation.tenant} {unit.id}"))
    for position, person in enumerate(organisation.people):
        settle_person(administrator, person, position, issuer)
