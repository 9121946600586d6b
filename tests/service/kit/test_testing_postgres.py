"""The PostgreSQL of the tests is a real one, shared by the run and gone with it."""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg2
import pytest

from services.kit import ids
from services.kit.db.server import LocalPostgres, command_line
from services.kit.testing import postgres as rooms

ROOT = Path(__file__).resolve().parents[3]


def ask(url, statement):
    connection = psycopg2.connect(url)
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchone()[0]
    finally:
        connection.close()


@pytest.fixture
def name():
    return f"t_{ids.new().replace('-', '')[-20:]}"


def test_a_database_is_a_copy_of_its_template(postgres, name):
    template = postgres.create_database(f"{name}_template")
    connection = psycopg2.connect(template)
    with connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE things AS SELECT 7 AS thing")
    connection.close()
    copy = postgres.create_database(name, template=f"{name}_template")
    assert ask(copy, "SELECT thing FROM things") == 7
    postgres.drop_database(name)
    postgres.drop_database(f"{name}_template")


def test_a_dropped_database_throws_out_who_is_in_it(postgres, name):
    inside = psycopg2.connect(postgres.create_database(name))
    postgres.drop_database(name)
    with pytest.raises(psycopg2.OperationalError), inside.cursor() as cursor:
        cursor.execute("SELECT 1")


def test_everybody_in_the_run_gets_the_same_server(postgres):
    program = "from services.kit.testing import postgres; print(postgres.server().url)"
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    assert told.stdout.strip() == postgres.url


def test_a_server_that_is_named_by_its_url_is_taken(postgres, monkeypatch):
    monkeypatch.setenv(rooms.ENVIRONMENT, "postgresql+psycopg2://somebody:secret@example.invalid:5432/postgres")
    assert rooms.server().url == "postgresql://somebody:secret@example.invalid:5432/postgres"


def test_what_a_killed_run_left_behind_is_cleared_by_the_next():
    program = """
import os
from services.kit.testing import postgres, runs
postgres.server()
print(runs.folder(), postgres._local(runs.folder()).pid, flush=True)
os.kill(os.getpid(), 9)
"""
    alone = {name: value for name, value in os.environ.items() if name not in ("XIAONENG_TEST_RUN", rooms.ENVIRONMENT)}
    killed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=alone, cwd=ROOT)
    folder, pid = killed.stdout.split()
    assert Path(folder).exists()
    assert "postgres" in command_line(int(pid))
    subprocess.run([sys.executable, "-c", "from services.kit.testing import runs; runs.folder()"], env=alone, check=True, cwd=ROOT)
    assert not Path(folder).exists()
    assert command_line(int(pid)) == ""


def test_a_killed_server_that_nobody_has_collected_is_not_taken_for_a_running_one():
    folder = Path(tempfile.mkdtemp(prefix="xiaoneng-killed-"))
    first, second = LocalPostgres(folder), LocalPostgres(folder)
    try:
        first.start()
        killed = first.pid
        os.kill(killed, signal.SIGKILL)  # it stays a zombie: its parent is this process, which has not waited for it
        second.start()
        assert second.pid not in (0, killed)
        assert ask(second.url, "SELECT 1") == 1
    finally:
        second.remove()
        first.stop()
