"""`xiaoneng policy` on the command line."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest
from typer.testing import CliRunner

from services.platform.policy_cli import app

ROOT = Path(__file__).parents[3]
PACK = ROOT / "deploy/policies/ganzhou-water-2019.yaml"
TEXTS = ROOT / "tests/regulations/texts"


@pytest.fixture
def run():
    runner = CliRunner()
    return lambda *arguments: runner.invoke(app, [str(argument) for argument in arguments])


def test_check_says_that_nothing_is_wrong(run):
    done = run("check", PACK, ROOT / "deploy/policies/platform-defaults.yaml", "--text", TEXTS / "000_ddeaab6a45fb8526.txt")
    assert "platform-defaults.yaml" in done.stderr  # its quotes stand in another text
    assert run("check", PACK, "--text", TEXTS / "000_ddeaab6a45fb8526.txt").exit_code == 0


def test_check_prints_file_line_and_what_is_wrong(run, tmp_path):
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(
        PACK.read_text(encoding="utf-8").replace("on: documents.step.arrived", "on: documents.step.arived", 1), encoding="utf-8"
    )
    done = run("check", wrong)
    line = next(n for n, text in enumerate(wrong.read_text(encoding="utf-8").splitlines(), 1) if "step.arived" in text)
    assert done.exit_code == 1
    assert f"{wrong}:{line}: operation or event documents.step.arived is not known" in done.stderr


def test_diff_says_what_changes_and_where(run, tmp_path):
    newer = tmp_path / "newer.yaml"
    text = PACK.read_text(encoding="utf-8").replace("budget: {value: 24, unit: clock_hours}", "budget: {value: 48, unit: clock_hours}", 1)
    newer.write_text(text.replace("version: 1", "version: 2", 1), encoding="utf-8")
    done = run("diff", PACK, newer)
    assert done.exit_code == 0
    assert "budget: 24小时 → 48小时" in done.stdout
    assert "1 changes, 1 of them in rules; asked at documents.step.arrived" in done.stdout


@pytest.mark.parametrize(("status", "code"), [("passing", 0), ("failing", 1)])
def test_coverage_counts_by_regulation(run, tmp_path, status, code):
    file = tmp_path / "coverage.json"
    entry = {"id": "a/1.1", "regulation": "a-2020", "service": "documents", "tier": "core", "status": status}
    file.write_text(json.dumps([entry]), encoding="utf-8")
    done = run("coverage", file, "--show", status)
    assert done.exit_code == code
    assert "a/1.1" in done.stdout


def test_coverage_without_a_run_says_what_to_do(run, tmp_path):
    done = run("coverage", tmp_path / "none.json")
    assert (done.exit_code, "make coverage" in done.stderr) == (1, True)


def test_schema_is_json_schema(run):
    schema = json.loads(run("schema").stdout)
    assert schema["$defs"]["limit"]["properties"]["kind"] == {"const": "limit"}


class Gateway(BaseHTTPRequestHandler):
    """Keeps and activates a pack, or refuses as the gateway does."""

    heard: ClassVar[list[tuple[str, str, dict]]] = []
    refuse = False

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.heard.append((self.path, self.headers["authorization"], body))
        name = {"name": "packs/ganzhou-water-2019/versions/1", "activeFromTime": "2019-03-25T00:00:00Z"}
        field = {"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": [{"description": "第3行：此处有误"}]}
        self._answer(400, {"error": {"message": "PACK_INVALID", "details": [field]}}) if self.refuse else self._answer(200, name)

    def _answer(self, code, body):
        self.send_response(code)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *arguments):
        """Says nothing."""


@pytest.fixture
def gateway(monkeypatch):
    monkeypatch.setattr(Gateway, "heard", [])
    server = ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_load_hands_over_the_pack_and_puts_it_in_force(run, gateway):
    done = run("load", PACK, "--token", "T", "--address", gateway)
    assert done.stdout.splitlines() == ["kept packs/ganzhou-water-2019/versions/1", "in force from 2019-03-25T00:00:00Z"]
    paths = [(path, who) for path, who, _ in Gateway.heard]
    assert paths == [("/v1/packs", "Bearer T"), ("/v1/packs/ganzhou-water-2019/versions/1:activate", "Bearer T")]
    assert Gateway.heard[0][2]["source"] == PACK.read_text(encoding="utf-8")


def test_load_prints_what_was_refused(run, gateway, monkeypatch):
    monkeypatch.setattr(Gateway, "refuse", True)
    done = run("load", PACK, "--token", "T", "--address", gateway)
    assert (done.exit_code, done.stderr.splitlines()) == (1, ["PACK_INVALID", "  第3行：此处有误"])
