"""`xiaoneng audit verify`: what it prints and how it ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from click.testing import Result
from sqlalchemy import create_engine, text
from typer.testing import CliRunner

from services.directory.service import SPEC
from services.kit import audit
from services.kit.clock import DrivenClock
from services.kit.db.engine import driver_url
from services.kit.loop import drain
from services.kit.service import Ports
from services.kit.testing.office import a_caller
from services.kit.testing.postgres import PostgresServer
from services.kit.testing.service import AUDIT_KEY
from services.kit.testing.service import ports as made_ports
from services.platform.audit_cli import app

Verify = Callable[..., Result]


@pytest.fixture
def ports(postgres: PostgresServer, driven_clock: DrivenClock) -> Iterator[Ports]:
    with made_ports(postgres.url, SPEC, driven_clock) as made:
        for tenant in ("office", "other"):
            for subject in ("things/1", "things/2"):
                with made.db.tenant(tenant, a_caller("li", tenant)) as tx:
                    tx.audit("toy.thing.move", subject)
        drain([audit.Sealer(made)], made.clock.now())
        yield made


@pytest.fixture
def verify(ports: Ports, monkeypatch: pytest.MonkeyPatch) -> Verify:
    monkeypatch.setenv("XIAONENG_DATABASE_URL", ports.db.engine.url.render_as_string(hide_password=False))
    monkeypatch.setenv("XIAONENG_AUDIT_KEY", AUDIT_KEY)
    return lambda *arguments: CliRunner().invoke(app, ["verify", *arguments])


def test_a_sound_audit_ends_with_zero_and_names_every_tenant(verify: Verify) -> None:
    done = verify("directory")
    assert done.exit_code == 0, done.output
    lines = done.output.splitlines()
    assert [line.split("，")[0] for line in lines] == ["directory office：完好", "directory other：完好"]
    assert "已封存2条，待封存0条" in lines[0]


def test_one_tenant_may_be_asked_for(verify: Verify) -> None:
    done = verify("directory", "--tenant", "other")
    assert (done.exit_code, len(done.output.splitlines())) == (0, 1)


def test_a_forgery_ends_with_one_and_is_named(verify: Verify, ports: Ports, postgres: PostgresServer) -> None:
    engine = create_engine(driver_url(postgres.url).set(database=ports.db.engine.url.database), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("UPDATE audit SET act = 'nothing' WHERE tenant = 'office' AND position = 2"))
    engine.dispose()
    done = verify("directory")
    assert done.exit_code == 1
    assert "directory office：有问题" in done.output
    assert "第2条 内容被改动" in done.output


def test_an_anchor_that_does_not_fit_is_a_cut(verify: Verify, ports: Ports) -> None:
    head = audit.verify(ports.db, "office").head
    assert verify("directory", "--tenant", "office", "--anchor", f"2:{head}").exit_code == 0
    done = verify("directory", "--tenant", "office", "--anchor", f"3:{head}")
    assert done.exit_code == 1
    assert "第3条 末尾被截断" in done.output


@pytest.mark.parametrize("arguments", [["--anchor", "2:abc"], ["directory", "--tenant", "office", "--anchor", "abc"]])
def test_an_anchor_needs_its_service_and_tenant_and_a_shape(verify: Verify, arguments: list[str]) -> None:
    assert verify(*arguments).exit_code == 2
