"""`xiaoneng deadlines`: what it prints and how it ends."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from typer.testing import CliRunner

from services.documents.service import SPEC
from services.kit.clock import DrivenClock
from services.kit.deadline.stuck import Stuck
from services.kit.service import Ports
from services.kit.testing.postgres import PostgresServer
from services.kit.testing.service import AUDIT_KEY
from services.kit.testing.service import ports as made_ports
from services.platform.deadlines_cli import app


@pytest.fixture
def ports(postgres: PostgresServer, driven_clock: DrivenClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ports]:
    with made_ports(postgres.url, SPEC, driven_clock) as made:
        monkeypatch.setenv("XIAONENG_DATABASE_URL", made.db.engine.url.render_as_string(hide_password=False))
        monkeypatch.setenv("XIAONENG_AUDIT_KEY", AUDIT_KEY)
        yield made


def test_nothing_is_stuck(ports: Ports) -> None:
    done = CliRunner().invoke(app, ["stuck"])
    assert (done.exit_code, done.stdout) == (0, "")


def test_what_is_stuck_is_listed_and_tried_again(ports: Ports) -> None:
    now = ports.clock.now()
    Stuck(ports).set_apart("office", "l-1", ValueError("a person's name"), now)
    done = CliRunner().invoke(app, ["stuck", "documents"])
    assert done.exit_code == 1
    assert done.stdout.split()[1:] == ["office", "l-1", "1", "ValueError"]
    with ports.db.plumbing() as tx:
        assert Stuck(ports).due(tx, now) == []
    assert CliRunner().invoke(app, ["retry", "l-1"]).stdout == "1 will be tried again\n"
    with ports.db.plumbing() as tx:
        assert Stuck(ports).due(tx, now) == [("office", "l-1")]


def test_a_service_without_limits_is_refused(ports: Ports) -> None:
    assert CliRunner().invoke(app, ["stuck", "notifications"]).exit_code == 2
