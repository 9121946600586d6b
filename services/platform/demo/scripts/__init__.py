"""What each of the demo's offices does in its weeks: one script per kind of office, named in the office's file."""

from __future__ import annotations

from collections.abc import Callable

from services.platform.demo.office import Office
from services.platform.demo.play import Play
from services.platform.demo.scripts.bureau import bureau
from services.platform.demo.scripts.campaign import campaign
from services.platform.demo.scripts.city import city
from services.platform.demo.scripts.county import county
from services.platform.demo.scripts.district import district

Script = Callable[[Play, Office, int], None]
SCRIPTS: dict[str, tuple[Script, int]] = {
    "bureau": (bureau, 24),
    "district": (district, 10),
    "city": (city, 8),
    "county": (county, 8),
    "campaign": (campaign, 6),
}
"""The script and with how many documents it is played."""
