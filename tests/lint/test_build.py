"""What the Makefile calls: it counts what failed, leaves out nothing that is there, and generates only what changed."""

import importlib.util
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def load(name):
    spec = importlib.util.spec_from_file_location(f"build_{name}", ROOT / "deploy/build" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def suites(tmp_path, monkeypatch):
    """The suites of a project with one folder of tests, `unit`, that is still empty."""
    module = load("suites")
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "TESTS", tmp_path / "tests")
    monkeypatch.setattr(module, "REPORTS", tmp_path / "reports")
    (tmp_path / "tests/unit").mkdir(parents=True)
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = -p no:pytest_nameko -p no:cacheprovider -p no:xdist\n")
    monkeypatch.setattr(module, "SUITES", (module.Suite("unit", 1, module.pytest, "unit"),))
    return module


def write(suites, text):
    (suites.TESTS / "unit/test_it.py").write_text(text)


def test_the_last_line_sums_up(suites, capfd):
    write(suites, "import pytest\ndef test_a(): pass\ndef test_b(): assert 0\ndef test_c(): pytest.skip('no')\n")
    assert suites.main([]) == 1
    assert capfd.readouterr().out.splitlines()[-1] == "1 passed, 1 failed, 1 skipped"


def test_what_a_suite_says_of_itself_stands_below_its_line(suites, capfd):
    write(suites, "def test_a(record_testsuite_property): record_testsuite_property('changed packs', '3 of them, 0 survivors')\n")
    assert suites.main([]) == 0
    assert capfd.readouterr().out.splitlines()[-2].strip() == "changed packs: 3 of them, 0 survivors"


def test_modules_are_compiled_once_also_where_the_tree_stays_clean(suites, monkeypatch):
    monkeypatch.delenv("PYTHONPYCACHEPREFIX", raising=False)
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    seen = suites.environment()
    assert "PYTHONDONTWRITEBYTECODE" not in seen
    assert seen["PYTHONPYCACHEPREFIX"] == str(suites.ROOT / "var/pycache")
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE")
    assert "PYTHONPYCACHEPREFIX" not in suites.environment()


def test_all_green_is_success(suites, capfd):
    write(suites, "def test_a(): pass\n")
    assert suites.main([]) == 0
    assert capfd.readouterr().out.splitlines()[-1] == "1 passed, 0 failed, 0 skipped"


@pytest.mark.parametrize("text", ["import nothing_like_this\n", "", "import os\ndef test_a(): os._exit(3)\n"])
def test_a_run_that_breaks_down_or_finds_nothing_has_failed(suites, text, capfd):
    write(suites, text)
    assert suites.main([]) == 1
    assert capfd.readouterr().out.splitlines()[-1] == "0 passed, 1 failed, 0 skipped"


def test_a_fixture_that_breaks_is_a_failure(suites, capfd):
    write(suites, "import pytest\n@pytest.fixture\ndef it(): raise OSError\ndef test_a(it): pass\n")
    assert suites.main([]) == 1
    assert capfd.readouterr().out.splitlines()[-1] == "0 passed, 1 failed, 0 skipped"


def test_a_suite_without_test_files_is_left_out(suites, capfd):
    assert suites.main([]) == 0
    assert capfd.readouterr().out.splitlines()[-1] == "0 passed, 0 failed, 0 skipped"


def test_an_unknown_suite_is_refused(suites):
    with pytest.raises(SystemExit, match="no such suite: untis"):
        suites.main(["untis"])


def test_every_folder_of_tests_belongs_to_a_suite():
    folders = {suite.folder for suite in load("suites").SUITES}
    with_tests = {path.relative_to(ROOT / "tests").parts[0] for path in (ROOT / "tests").rglob("test_*.py")}
    assert with_tests <= {folder.split("/")[0] for folder in folders}


@pytest.fixture
def protos(tmp_path, monkeypatch):
    """Generation of a contract with two files."""
    module = load("protos")
    for name in ("ROOT", "PROTOS", "THIRD_PARTY", "TARGET", "STAMP"):
        monkeypatch.setattr(module, name, tmp_path / getattr(module, name).relative_to(ROOT))
    module.THIRD_PARTY.mkdir(parents=True)
    monkeypatch.setattr(module, "__file__", str(tmp_path / "protos.py"))
    (tmp_path / "protos.py").touch()
    contract(module, "one", "One")
    contract(module, "two", "Two")
    return module


def contract(protos, name, message):
    path = protos.PROTOS / "xiaoneng/probe/v1" / f"{name}.proto"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'syntax = "proto3";\npackage xiaoneng.probe.v1;\nmessage {message} {{ string name = 1; }}\n')
    return path


def generated(protos, pattern="*_pb2.py"):
    return {path.name: path.stat().st_mtime_ns for path in protos.TARGET.rglob(pattern)}


def test_only_what_changed_is_written_again(protos):
    protos.main()
    before = generated(protos)
    contract(protos, "two", "Second")
    protos.main()
    changed = {name for name, moment in generated(protos).items() if before[name] != moment}
    assert changed == {"two_pb2.py"}


def test_nothing_is_done_when_nothing_changed(protos, monkeypatch):
    protos.main()
    monkeypatch.setattr(protos, "generate", lambda *_: pytest.fail("generated again"))
    protos.main()


def test_what_is_no_longer_in_the_contract_is_removed(protos):
    protos.main()
    contract(protos, "two", "Two").unlink()
    protos.main()
    assert set(generated(protos, "*_pb2*.py*")) == {"one_pb2.py", "one_pb2.pyi", "one_pb2_grpc.py"}


def test_a_broken_proto_leaves_what_was_there(protos, capfd):
    protos.main()
    contract(protos, "two", "Two {").parent.joinpath("three.proto").write_text("message")
    with pytest.raises(SystemExit):
        protos.main()
    assert set(generated(protos)) == {"one_pb2.py", "two_pb2.py"}
    assert "three.proto" in capfd.readouterr().err
