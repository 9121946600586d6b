"""What is made once per installation: secrets, roles, databases; and what a process does on tables of another release."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from sqlalchemy import create_engine, make_url, text
from typer.testing import CliRunner

from services.kit.clock import SystemClock
from services.kit.db.engine import Database, SchemaTooOld
from services.kit.db.migrate import driver_url, migrate, revisions
from services.kit.db.server import LocalPostgres
from services.kit.identity import TokenSigner, TokenVerifier, key_set
from services.kit.testing import toy
from services.kit.testing.service import AUDIT_KEY, database
from services.platform import processes
from services.platform.installation_cli import app

RUN = CliRunner()


def called(*words: object) -> str:
    """Runs a command that must not fail."""
    done = RUN.invoke(app, [str(word) for word in words])
    assert done.exit_code == 0, done.output
    return done.output


@pytest.fixture(scope="module")
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of its own: roles and their passwords belong to all databases, and other tests log in with theirs meanwhile."""
    server = LocalPostgres(tmp_path_factory.mktemp("installation") / "postgres", {"fsync": "off"})
    yield server.start()
    server.remove()


@pytest.fixture
def folder(tmp_path: Path, own_server: str) -> Path:
    """The secrets of an installation on that server."""
    url = make_url(own_server)
    called("secrets", tmp_path / "secrets", "--postgres", f"{url.host}:{url.port}")
    return tmp_path / "secrets"


def contents(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


def test_what_is_there_is_never_overwritten(folder: Path) -> None:
    before = contents(folder)
    (folder / "gateway" / "secret").unlink()
    called("secrets", folder)
    after = contents(folder)
    assert {name for name in before if before[name] != after[name]} == {"gateway/secret"}


def test_nobody_else_enters_the_folder(folder: Path) -> None:
    assert {path.stat().st_mode & 0o777 for path in (folder, *folder.iterdir())} == {0o700}


def test_the_public_keys_are_those_of_the_signing_key(folder: Path) -> None:
    signer = TokenSigner.from_json((folder / "installation" / "signingKeys").read_text())
    verifier = TokenVerifier(key_set(str(folder / "installation" / "gatewayKeys")))
    now = SystemClock().now()
    assert verifier.verify(signer.sign("li", now=now), now).subject == "li"


def test_the_manifests_hold_every_file(folder: Path) -> None:
    secrets = list(yaml.safe_load_all(called("manifests", folder, "--prefix", "office")))
    keys = {(each["metadata"]["name"], key) for each in secrets for key in each["data"]}
    assert keys == {(f"office-{name.partition('/')[0]}", name.partition("/")[2]) for name in contents(folder)}
    assert {each["type"] for each in secrets if each["metadata"]["name"] == "office-documents"} == {"kubernetes.io/basic-auth"}


def test_processes_log_in_after_roles_databases_and_migrations(folder: Path, own_server: str) -> None:
    called("databases", folder, "--admin-url", own_server)
    called("databases", folder, "--admin-url", own_server)
    spec = processes.spec("documents")
    migrate(spec.name, spec.metadata, spec.migrations, (folder / "documents-owner" / "migrationUrl").read_text())
    db = Database("documents", (folder / "documents" / "url").read_text(), SystemClock(), spec.metadata, audit_key=AUDIT_KEY.encode())
    db.check_role()
    db.check_schema(spec.migrations)
    db.dispose()


def test_the_login_cannot_do_what_the_owner_can(folder: Path, own_server: str) -> None:
    called("databases", folder, "--admin-url", own_server)
    login, owner = ((folder / name).read_text() for name in ("documents/url", "documents-owner/migrationUrl"))
    assert make_url(login).password != make_url(owner).password
    engine = create_engine(driver_url(login))
    with engine.connect() as connection, pytest.raises(Exception, match="permission denied"):
        connection.execute(text("CREATE TABLE mine (a int)"))
    engine.dispose()


@pytest.fixture
def db(server_url: str) -> Iterator[Database]:
    """A toy service's database, as its processes open it."""
    with database(server_url, toy.NAME, toy.metadata, toy.MIGRATIONS) as urls:
        opened = Database(toy.NAME, urls.app, SystemClock(), toy.metadata, audit_key=AUDIT_KEY.encode())
        opened.owner_url = urls.owner  # type: ignore[attr-defined]
        yield opened
        opened.dispose()


def stand_at(db: Database, revision: str) -> None:
    """Makes the tables those of another release, as far as a process can see."""
    engine = create_engine(driver_url(db.owner_url))  # type: ignore[attr-defined]
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})
    engine.dispose()


def test_a_process_starts_on_the_tables_of_its_release_and_of_the_next(db: Database) -> None:
    db.check_schema(toy.MIGRATIONS)
    stand_at(db, "of_the_next_release")
    db.check_schema(toy.MIGRATIONS)


def test_a_process_does_not_start_on_the_tables_of_an_earlier_release(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    (known,) = revisions(toy.MIGRATIONS)[-1:]
    monkeypatch.setattr("services.kit.db.migrate.revisions", lambda package: [known, "of_this_release"])
    with pytest.raises(SchemaTooOld, match="xiaoneng migrate"):
        db.check_schema(toy.MIGRATIONS)


def test_after_a_rollback_migrations_leave_the_tables_of_the_later_release(db: Database) -> None:
    stand_at(db, "of_the_next_release")
    migrate(toy.NAME, toy.metadata, toy.MIGRATIONS, db.owner_url)  # type: ignore[attr-defined]
    stand_at(db, revisions(toy.MIGRATIONS)[-1])
    db.check_schema(toy.MIGRATIONS)


def test_the_key_set_of_several_signing_keys_publishes_all(folder: Path) -> None:
    keys = [json.loads(TokenSigner.generate().private_json()) for _ in range(2)]
    for name in ("signingKeys", "gatewayKeys"):
        (folder / "installation" / name).unlink()
    (folder / "installation" / "signingKeys").write_text(json.dumps({"keys": keys}))
    called("secrets", folder)
    assert len(json.loads((folder / "installation" / "gatewayKeys").read_text())["keys"]) == 2
