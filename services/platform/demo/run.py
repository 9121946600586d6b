"""One run of the demo: a fresh platform in a folder of its own, the weeks, the numbers."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path
from typing import Any, TextIO

from services.kit import log as logs
from services.kit.db.server import LocalPostgres
from services.kit.worktime import Calendar
from services.platform import people
from services.platform.client import Gateway
from services.platform.demo import tally
from services.platform.demo.office import Office
from services.platform.demo.people_at_work import Habits
from services.platform.demo.play import BEGIN, END, Play
from services.platform.demo.scripts import SCRIPTS
from services.platform.demo.scripts.exchange import to_everybody
from services.platform.demo.stories import page
from services.platform.embedded import Options, Platform
from services.platform.up import OfPeople, first_run

_UNLIMITED = "1000000/minute"
# The data are thrown away at the next run: what is lost with the machine's power need not be saved.
_POSTGRES = {"max_connections": "200", "shared_buffers": "128MB", "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def run(folder: Path, report: Path, seed: int, out: TextIO, most: int = 0) -> int:
    """Plays the weeks, prints the numbers and writes them to `report`. Returns 1 when /metrics and the ledgers differ.

    `most` bounds the documents of each office, for tests; 0: as many as make about a minute.
    """
    started = time.monotonic()
    LocalPostgres(folder / "postgres").stop()  # a run that was killed has left its server behind
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    report.parent.mkdir(parents=True, exist_ok=True)
    with (folder / "xiaoneng.log").open("a", encoding="utf-8", buffering=1) as lines:
        logs.configure("warning", stream=lines)
        found = _play(folder, seed, out, most)
    found["seconds"] = round(time.monotonic() - started, 1)
    report.write_text(json.dumps(found, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    out.write(f"\n用时 {found['seconds']} 秒，结果写入 {report}\n")
    out.writelines(f"不一致：{difference}\n" for difference in found["differences"])
    return 1 if found["differences"] else 0


def _play(folder: Path, seed: int, out: TextIO, most: int) -> dict[str, Any]:
    organisations = people.organisations()
    options = Options(folder, driven_from=BEGIN, rate=_UNLIMITED, postgres=_POSTGRES, tidy=False)
    platform = Platform(options, OfPeople(organisations)).start()
    gateway = Gateway(platform.url)
    try:
        first_run(platform, organisations)
        out.write(f"平台已启动，{BEGIN:%Y-%m-%d} 至 {END:%Y-%m-%d} 的四周开始……\n")
        out.flush()
        play = Play(platform)
        play.offices = {
            each.tenant: Office(gateway, each, Habits(seed + number, Calendar()), platform.clock.now)
            for number, each in enumerate(organisations)
        }
        to_everybody(play)
        for office in play.offices.values():
            script, documents = SCRIPTS[office.organisation.work]
            script(play, office, min(most or documents, documents))
        play.run(END)
        return _numbers(platform, play, out)
    finally:
        gateway.close()
        platform.stop()


def _numbers(platform: Platform, play: Play, out: TextIO) -> dict[str, Any]:
    tenants = {name: tally.from_the_ledger(office) for name, office in play.offices.items()}
    told = play.stories.tell(play.offices)
    platform.tidy()
    outbox = tally.events_in_the_outbox(platform)
    metrics = tally.read_metrics(platform.metrics_url)
    out.write(tally.table(tenants.values()) + "\n" + page(told) + "\n\n")
    out.write("发布事件 " + "，".join(f"{service} {number}" for service, number in outbox.items()) + "\n")
    return {
        "from": BEGIN.isoformat(),
        "to": END.isoformat(),
        "tenants": {name: tenant.as_json() for name, tenant in tenants.items()},
        **told,
        "events_published": outbox,
        "differences": tally.differences(metrics, tenants, outbox),
    }
