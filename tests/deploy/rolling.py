"""One release rolled over another on one database, while requests run, and back again: `python -m tests.deploy.rolling [REVISION]`.

The first release is the revision's tree, the second one this tree. Without a revision this tree is the first one, and the second one
is the same with one migration more for each service.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

from services.kit.db.engine import driver_url
from services.kit.testing import runs
from services.kit.testing.rabbit import broker
from services.kit.testing.waiting import until
from services.platform.people import Organisation, organisations
from tests.deploy.load import DRAIN_SECONDS, Load
from tests.deploy.site import PLACES, ROOT, Release, Site, site

_MORE = {
    "documents": """
    op.add_column("documents", sa.Column("of_the_next", sa.Text(), server_default="", nullable=False))
    op.create_index("ix_documents_of_the_next", "documents", ["tenant", "of_the_next"])
    op.create_table("next_notes", sa.Column("tenant", sa.Text(), primary_key=True), sa.Column("id", sa.Text(), primary_key=True))
    op.execute("UPDATE documents SET of_the_next = 'filled'")
""",
    "notifications": """
    op.add_column("todos", sa.Column("of_the_next", sa.Integer(), server_default="1", nullable=False))
""",
    "directory": """
    op.add_column("persons", sa.Column("of_the_next", sa.Text()))
""",
}
_MIGRATION = '''"""What the next release needs."""

import sqlalchemy as sa
from alembic import op

revision = "9999_the_next"
down_revision = "{before}"
branch_labels = None
depends_on = None


def upgrade() -> None:{upgrade}

def downgrade() -> None:
    pass
'''


def next_release() -> Release:
    """This tree with a migration more for each service, in the folder of the run."""
    from services.kit.db.expand import problems
    from services.kit.db.migrate import revisions

    folder = runs.folder() / "next"
    for part in ("services", "gateway", "build/gen", "deploy/policies", "deploy/calendars"):
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__", "node_modules", "web"))
    for file in ("deploy/compose.yaml", "pyproject.toml"):
        shutil.copy(ROOT / file, folder / file)
    for service, upgrade in _MORE.items():
        text = _MIGRATION.format(before=revisions(f"services.{service}.migrations")[-1], upgrade=upgrade)
        assert not problems(text, "9.9.9"), "a migration that the lint lets pass"
        (folder / "services" / service / "migrations" / "versions" / "9999_the_next.py").write_text(text)
    return Release("next", folder)


def say(words: object) -> None:
    """One line with the time, at once."""
    sys.stdout.write(f"{datetime.now(UTC):%H:%M:%S} {words}\n")
    sys.stdout.flush()


@dataclass
class Seen:
    """What became of the requests during a part of the trial."""

    what: str
    registered: int
    longest: float
    failures: dict[str, int]

    def __str__(self) -> str:
        again = ", ".join(f"{name} {number}" for name, number in sorted(self.failures.items())) or "none"
        return f"{self.what}: registered {self.registered}, longest wait {self.longest:.1f} s, answers sent again: {again}"


@dataclass
class Rolled:
    """The whole trial."""

    acknowledged: set[str] = field(default_factory=set)
    kept: set[str] = field(default_factory=set)
    parts: list[Seen] = field(default_factory=list)

    @property
    def lost(self) -> set[str]:
        return self.acknowledged - self.kept

    @property
    def longest(self) -> float:
        return max(part.longest for part in self.parts)


def rolled(
    place: Site, first: Release, second: Release, organisation: Organisation, *names: str, say: Callable[[object], None] = say
) -> Rolled:
    """Migrates, rolls over, rolls back, migrates as the rolled-back release does; requests run all the time.

    With names only these processes are rolled; the others work as the first release on the tables of the second.
    """
    done = Rolled()
    clerk = place.gateway().as_(organisation.person("clerk").subject)

    def part(what: str) -> None:
        # Some more requests, so that the part is measured with what it has left behind.
        enough = len(load.acknowledged) + 10
        until(f"requests run after: {what}", lambda: len(load.acknowledged) > enough, 90)
        outcomes = Counter(load.outcomes)
        seen = Seen(what, outcomes.pop("registered", 0), load.longest, dict(outcomes))
        done.parts.append(seen)
        load.mark()
        say(seen)

    with Load(clerk, threads=2, pause=0.3) as load:
        until("requests run", lambda: len(load.acknowledged) > 10, 90)
        load.mark()
        place.migrate(second)
        part(f"{first.name} on the tables of {second.name}")
        place.roll(second, PLACES[1], lambda name: part(f"{name}: {second.name} in place of {first.name}"), *names)
        place.migrate(first)
        place.roll(first, PLACES[0], lambda name: part(f"{name}: back to {first.name}"), *names)
    done.acknowledged = set(load.acknowledged)
    done.kept = {each["name"] for each in clerk.every("/v1/documents", "documents", pageSize=200)}
    return done


@contextmanager
def worktree(revision: str) -> Iterator[Release]:
    """The tree of a revision with its generated code."""
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        subprocess.run(["git", "worktree", "add", "--detach", "--quiet", str(tree), revision], cwd=ROOT, check=True)
        try:
            subprocess.run([sys.executable, "deploy/build/protos.py"], cwd=tree, check=True, stdout=subprocess.DEVNULL)
            yield Release(revision[:12], tree)
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", str(tree)], cwd=ROOT, check=True)


def answered(place: Site, question: str) -> set[str]:
    """What a superuser reads in the database of documents."""
    engine = create_engine(driver_url(make_url(place.postgres).set(database="xn_documents").render_as_string(hide_password=False)))
    try:
        with engine.connect() as connection:
            return set(connection.execute(text(question)).scalars())
    finally:
        engine.dispose()


def main(revision: str = "") -> int:
    """Says what happened, line by line; ends with 1 where something was lost or took longer than a process may take to stop."""
    organisation = next(each for each in organisations() if each.tenant == "ganzhou")
    with ExitStack() as stack:
        first = stack.enter_context(worktree(revision)) if revision else Release("this")
        second = Release("this") if revision else next_release()
        place = stack.enter_context(site(stack.enter_context(broker().vhost()).url))
        place.prepare(first)
        place.migrate(first)
        place.start(first)
        place.seed(first, organisation)
        say(f"{first.name} is up")
        done = rolled(place, first, second, organisation)
        if not revision:
            # Rows of the old code on the new tables, before and after the roll, have what the next release expects of them.
            assert answered(place, "SELECT DISTINCT of_the_next FROM documents") == {"", "filled"}
            assert answered(place, "SELECT version_num FROM alembic_version") == {"9999_the_next"}
    runs.end()
    say(f"acknowledged {len(done.acknowledged)}, lost {len(done.lost)}, longest wait {done.longest:.1f} s")
    return 1 if done.lost or done.longest > DRAIN_SECONDS else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
