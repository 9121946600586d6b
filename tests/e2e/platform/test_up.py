"""`make run`: from nothing to a document in the next person's list; what was done is there after Ctrl-C and after kill -9."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from services.kit.db.server import free_port
from services.platform.client import Client, Refused
from tests.e2e.platform.conftest import ROOT, Running, environment, wait_for


def register(clerk: Client, number: str) -> str:
    """Registers a document and opens its route."""
    about = {"title": f"关于防汛检查的通知（{number}）", "sender": "市人民政府办公室", "senderNumber": number, "documentType": "tongzhi"}
    name = str(clerk.post("/v1/documents:register", about)["name"])
    clerk.post(f"/v1/{name}:classify", {"documentClass": "action"})
    return name


def waiting(person: Client, document: str) -> list[dict[str, Any]]:
    """The items of a document in a person's list, as soon as there are any."""
    return wait_for(lambda: [todo for todo in person.every("/v1/todos", "todos") if todo["subject"] == document])


def test_the_greeting_names_the_address_and_the_people_of_two_offices(platform: Running) -> None:
    assert "clerk@ganzhou" in platform.said
    assert "mayor@hebei" in platform.said
    assert re.search(r"http://127\.0\.0\.1:\d+\n", platform.said)


def test_the_next_person_finds_a_registered_document_with_due_moment_and_article(platform: Running) -> None:
    gateway = platform.gateway
    document = register(gateway.as_("clerk@ganzhou"), "1号")
    (first,) = [s for s in gateway.as_("clerk@ganzhou").get(f"/v1/{document}/route")["steps"] if s["state"] == "STEP_STATE_OPEN"]
    assert first["deadlines"][0]["citation"]["article"] == "第（一）部分第3条"
    proposal = {"handlingText": "请水资源科办理", "responsibleUnits": ["water-resources"], "leadUnit": "water-resources"}
    gateway.as_("clerk@ganzhou").post(f"/v1/{first['name']}:submitProposal", {"proposal": proposal})
    (todo,) = waiting(gateway.as_("office-head@ganzhou"), document)
    assert (todo["step"], todo["citation"]["regulation"]) == ("审核", "市水利局深化作风建设提升工作质效管理办法")
    assert "dueTime" in todo


def test_the_other_office_sees_nothing_of_it(platform: Running) -> None:
    gateway = platform.gateway
    document = register(gateway.as_("clerk@ganzhou"), "2号")
    with pytest.raises(Refused) as refused:
        gateway.as_("clerk@hebei").get(f"/v1/{document}")
    assert (refused.value.status, refused.value.reason) == (404, "NOT_FOUND")
    with pytest.raises(Refused) as stranger:
        gateway.as_("clerk@hebei", tenant="ganzhou").get(f"/v1/{document}")
    assert stranger.value.status == 403


def test_a_second_platform_on_the_same_folder_is_refused(platform: Running) -> None:
    command = [sys.executable, "-m", "services.platform.cli", "up", "--data", str(platform.folder)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment(), cwd=ROOT, check=False)
    assert done.returncode == 2
    assert "已有一个平台在运行" in done.stderr


def test_it_listens_on_loopback_only_unless_told_otherwise(place: Path) -> None:
    command = [sys.executable, "-m", "services.platform.cli", "up", "--data", str(place / "data"), "--host", "0.0.0.0"]
    done = subprocess.run(command, capture_output=True, text=True, env=environment(), cwd=ROOT, check=False)
    assert done.returncode == 2
    assert "只允许本机访问" in done.stderr


def test_what_was_done_is_there_after_ctrl_c_and_after_kill_and_on_another_port(place: Path) -> None:
    running = Running(place / "data").start()
    try:
        document = register(running.gateway.as_("clerk@ganzhou"), "1号")
        assert running.interrupt() == 0
        url = running.url
        running.start()
        assert (running.url, "首次运行" in running.said) == (url, False)
        clerk = running.gateway.as_("clerk@ganzhou")
        assert clerk.get(f"/v1/{document}")["registrationNumber"].endswith("-1")
        second = register(clerk, "2号")
        running.kill()
        running.options = ("--port", str(free_port()))
        assert running.start().url != url
        clerk = running.gateway.as_("clerk@ganzhou")
        assert len(waiting(clerk, second)) == 1
        asked = [sys.executable, "-m", "services.platform.cli", "token", "clerk@ganzhou", "--data", str(running.folder)]
        told = subprocess.run(asked, capture_output=True, text=True, env=environment(), cwd=ROOT, check=True)
        assert told.stdout.count(".") == 2
        assert {each["name"] for each in clerk.every("/v1/documents", "documents")} == {document, second}
    finally:
        running.close()


def test_a_first_run_that_was_killed_goes_on_where_it_stopped(place: Path) -> None:
    running = Running(place / "data")
    log = place / "data" / "xiaoneng.log"
    try:
        running.launch()
        wait_for(lambda: log.exists() and log.read_text(encoding="utf-8").count('"http_request"') > 60)
        running.kill()
        assert "Ctrl-C" not in running.output()
        running.start()
        admin = running.gateway.as_("admin@ganzhou")
        posts = [(post["person"], post["unit"], post["kind"]) for post in admin.every("/v1/posts", "posts", pageSize=200)]
        assert len(posts) == len(set(posts)) == 27
        assert len(admin.every("/v1/persons", "persons", pageSize=200)) == 28
        assert running.gateway.as_("mayor@hebei").get("/v1/me")["roles"] != []
    finally:
        running.close()
