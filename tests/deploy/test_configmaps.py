"""Packs and calendars from ConfigMaps count while everything runs, and attachments are found by every pod."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

import httpx
import pytest

from services.kit import ids
from services.kit.testing.waiting import until
from services.platform.client import Client, Refused
from services.platform.people import Organisation, pack_text
from tests.deploy.installation import Installation
from tests.deploy.site import PACKS

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
CALENDAR = """
year: {year}
source: https://example.org/{year}
holidays:
  - {{name: 元旦, from: {year}-01-01, to: {year}-01-03}}
  - {{name: 春节, from: {year}-02-06, to: {year}-02-12}}
  - {{name: 清明节, from: {year}-04-05, to: {year}-04-05}}
  - {{name: 劳动节, from: {year}-05-01, to: {year}-05-05}}
  - {{name: 端午节, from: {year}-06-09, to: {year}-06-09}}
  - {{name: 中秋节, from: {year}-09-15, to: {year}-09-15}}
  - {{name: 国庆节, from: {year}-10-01, to: {year}-10-07}}
working: []
"""
KNOWN = re.compile(r'^xiaoneng_calendar_known_until_year\{service="documents"\} (\d+)', re.MULTILINE)
FILE = b"%PDF-1.7\n" + os.urandom(7 * 1024 * 1024)


def mounted(folder: Path, files: dict[str, str]) -> None:
    """Lays files as a kubelet lays those of a ConfigMap: links into a folder that is exchanged as a whole."""
    fresh = folder / f"..{len(list(folder.glob('..[0-9]*')))}"
    fresh.mkdir()
    for name, text in files.items():
        (fresh / name).write_text(text, encoding="utf-8")
    beside = folder / "..data_tmp"
    beside.symlink_to(fresh.name)
    beside.replace(folder / "..data")
    for name in files:
        if not (folder / name).is_symlink():
            (folder / name).symlink_to(f"..data/{name}")


def known_until(installation: Installation) -> int:
    """The last year that the worker of documents has a calendar of."""
    pages = installation.place.running["documents-worker", "a"].pages("/metrics")
    return max(int(found[1]) for page in pages if (found := KNOWN.search(page)))


def test_next_years_calendar_counts_without_a_restart(installation: Installation) -> None:
    before, year = installation.processes(), known_until(installation) + 1
    folder = installation.place.folder / "calendars"
    mounted(folder, {f"{year}.yaml": CALENDAR.format(year=year)})
    until("the worker knows the year", lambda: known_until(installation) == year, 90)
    mounted(folder, {f"{each}.yaml": CALENDAR.format(year=each) for each in (year, year + 1)})
    until("the worker knows the year after", lambda: known_until(installation) == year + 1, 90)
    assert installation.processes() == before


def office_of(organisation: Organisation) -> str:
    """The unit that is the office of the organ."""
    return next(unit.id for unit in organisation.units if unit.kind == "office")


def limit(clerk: Client) -> str:
    """The rule's label of the first limit of a document that arrives now."""
    about = {"title": "关于防汛的通知", "sender": "市人民政府办公室", "senderNumber": ids.new(), "documentType": "tongzhi"}
    name = clerk.post("/v1/documents:register", about)["name"]
    clerk.post(f"/v1/{name}:classify", {"documentClass": "action"})
    return str(next(each for step in clerk.get(f"/v1/{name}/route")["steps"] for each in step.get("deadlines", ()))["label"])


def test_a_pack_of_a_configmap_is_in_force_without_a_restart(installation: Installation, tmp_path: Path) -> None:
    """The job of the chart: `xiaoneng policy apply` as a service account, twice, as an upgrade repeats it."""
    organisation, clerk, before = installation.organisation, installation.clerk(), installation.processes()
    pack = organisation.packs[-1]
    # The regulation lets only its owner publish a new version: the account gets a post there.
    owner = {"person": f"persons/{organisation.administrator.person}", "unit": f"units/{office_of(organisation)}", "kind": "staff"}
    installation.place.gateway().as_(PACKS.subject).post("/v1/posts", {"post": {**owner, "title": "制度管理", "position": 99}})
    assert limit(clerk) == "过程性签阅环节"
    changed = (
        pack_text(pack).replace("\nversion: 1\n", "\nversion: 2\n").replace("label: 过程性签阅环节\n", "label: 过程性签阅环节（修订）\n")
    )
    mounted(tmp_path, {f"{pack}.yaml": changed})
    for _ in range(2):
        said = installation.as_packs("policy", "apply", "--tenant", organisation.tenant, "--folder", str(tmp_path), f"{pack}.yaml")
        assert f"{pack}.yaml is in force" in said
    until("it holds for what arrives", lambda: limit(clerk) == "过程性签阅环节（修订）", 30)
    assert installation.processes() == before


def registered(clerk: Client, attachment: str) -> bool:
    """Whether a document that holds the file could be registered; a new pod is found after a moment."""
    about = {"title": "有附件的通知", "sender": "市人民政府办公室", "senderNumber": "10", "documentType": "tongzhi"}
    try:
        return bool(clerk.post("/v1/documents:register", {**about, "attachments": [attachment]})["name"])
    except Refused as refused:
        if refused.status != httpx.codes.SERVICE_UNAVAILABLE:
            raise
        return False


def test_a_file_that_one_pod_took_another_gives(installation: Installation) -> None:
    """The pods share a bucket and no disk."""
    clerk = installation.clerk()
    kept = clerk.upload("/v1/attachments:upload", "通知.pdf", FILE, "application/pdf")["name"]
    installation.replace("documents-api")
    until("the gateway has found the new one", lambda: registered(clerk, kept), 60)
    headers = {"authorization": f"Bearer {clerk.gateway.token(clerk.subject)}", "x-xiaoneng-tenant": clerk.tenant}
    answer = clerk.gateway.http.get(f"/v1/{kept}:download", headers=headers)
    assert (answer.status_code, hashlib.sha256(answer.content).digest()) == (httpx.codes.OK, hashlib.sha256(FILE).digest())
    assert not any((installation.place.folder / "attachments").iterdir())
