"""Who signs in during the trials: the people of the demo, and how they come into an installation."""

from services.platform.client import Client
from services.platform.people import Organisation, organisations, pack_text
from services.platform.seeding import load_packs, settle_person

SUBJECTS = tuple(person.subject for each in organisations() for person in (each.administrator, *each.people))


def seeded(administrator: Client, organisation: Organisation, issuer: str) -> None:
    """What the administrator does after the tenant was made: packs, units, persons with their posts."""
    load_packs(administrator, [pack_text(pack) for pack in organisation.packs])
    for position, unit in enumerate(organisation.units):
        about = {"displayName": unit.display_name, "kind": unit.kind, "position": position}
        administrator.post("/v1/units", {"unitId": unit.id, "unit": about})
    for position, person in enumerate(organisation.people):
        settle_person(administrator, person, position, issuer)
