"""`xiaoneng up`: starts the embedded platform, seeds it on the first run, says where it is and who can sign in, and waits."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from gateway.issuer.people import DemoClient, DemoPerson
from services.kit import log as logs
from services.kit.clock import SystemClock
from services.platform import people as demo
from services.platform.client import Gateway
from services.platform.embedded import Options, Platform
from services.platform.memory import Memory
from services.platform.processes import Stop
from services.platform.seeding import seed
from services.platform.settled import settled

SEEDED = "seeded"
PORT = 8000


class OfPeople:
    """The demo people as the embedded issuer wants them; tests add tenants of their own."""

    def __init__(self, organisations: Sequence[demo.Organisation]) -> None:
        self._organisations = list(organisations)

    def add(self, organisation: demo.Organisation) -> None:
        """Lets the people of a further tenant sign in."""
        self._organisations.append(organisation)

    def people(self) -> list[DemoPerson]:
        """Everybody who can sign in."""
        return [
            DemoPerson(person.subject, person.name, person.title, organisation.display_name)
            for organisation in self._organisations
            for person in (*organisation.people, organisation.administrator)
        ]

    def clients(self) -> list[DemoClient]:
        """Other systems: none in the demo."""
        return []


def run(options: Options, out: IO[str], only: Sequence[str] = ()) -> int:
    """Runs until SIGTERM or Ctrl-C. A second run finds the data of the first. Raises ValueError for a demo tenant that is not there."""
    organisations = demo.organisations(only)
    options.folder.mkdir(parents=True, exist_ok=True)
    stop = Stop()
    with (options.folder / "xiaoneng.log").open("a", encoding="utf-8", buffering=1) as lines:
        logs.configure(stream=lines)
        platform = Platform(options, OfPeople(organisations))
        platform.start()
        platform.memory.set("address", platform.url)
        try:
            first = first_run(platform, organisations)
            out.write(greeting(platform, organisations, first))
            out.flush()
            stop.wait()
            out.write("\n正在停止……\n")
            out.flush()
        finally:
            platform.stop()
    out.write("已停止，数据保留在 " + str(options.folder) + "\n")
    return 0


def first_run(platform: Platform, organisations: Sequence[demo.Organisation]) -> bool:
    """Seeds the demo tenants that are not there yet; says whether there were any."""
    missing = [each for each in organisations if platform.memory.known(f"{SEEDED}.{each.tenant}") != platform.issuer]
    if missing:
        gateway = Gateway(platform.url)
        try:
            for organisation in demo.from_above(missing):
                seed(platform, gateway, organisation, lambda: wait_until_settled(platform))
                platform.memory.set(f"{SEEDED}.{organisation.tenant}", platform.issuer)
        finally:
            gateway.close()
    return bool(missing)


def wait_until_settled(platform: Platform) -> None:
    """Returns when every event has been handed over and handled, so that all services know what directory knows."""
    if platform.clock.driven:
        platform.settle()
    else:
        settled(platform.ports.values())


def greeting(platform: Platform, organisations: Sequence[demo.Organisation], first: bool) -> str:
    """What stands on the screen when everything is up."""
    lines = [
        "",
        "效能平台已启动" + ("（首次运行，已建立演示单位）" if first else ""),
        "",
        f"  打开    {platform.url}",
        f"  接口    {platform.url}/docs",
    ]
    lines += [f"  指标    {platform.metrics_url}", f"  数据    {platform.options.folder}", ""]
    for organisation in organisations:
        lines.append(f"  {organisation.display_name}（x-xiaoneng-tenant: {organisation.tenant}）")
        for person in (*organisation.people, organisation.administrator):
            unit = organisation.unit_name(person.unit) if person.unit else ""
            lines.append(f"    {person.subject:<26}{person.name}　{unit}　{person.title}")
        lines.append("")
    lines += ["  取得令牌  xiaoneng token clerk@" + organisations[0].tenant, "  Ctrl-C 停止，数据保留", ""]
    return "\n".join(lines) + "\n"


def options_for(
    folder: Path, host: str, port: int, anywhere: bool, metrics_port: int, clock: str = "system", start: datetime | None = None
) -> Options:
    """The options of `xiaoneng up`. Without a port: the one of the first run, which was 8000 if that was free."""
    folder.mkdir(parents=True, exist_ok=True)
    memory = Memory(folder / "memory.json")
    if not port and not memory.known("port"):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if probe.connect_ex((host, PORT)) != 0:
                memory.set("port", str(PORT))
    begin = (start or SystemClock().now()).replace(tzinfo=UTC) if clock == "driven" else None
    return Options(
        folder=folder, host=host, port=port, anywhere=anywhere, metrics_port=metrics_port, driven_from=begin, pump=begin is not None
    )
