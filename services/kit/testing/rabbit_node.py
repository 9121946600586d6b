"""RabbitMQ nodes for tests: one from programs on this machine, one in docker. Each has its own ports, folder and password."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

import httpx

from services.kit.db.server import command_line
from services.kit.testing.listening import free_port
from services.kit.testing.rabbit_install import Programs

_START_SECONDS = 120.0
_STOP_SECONDS = 60.0
_PAUSE_SECONDS = 0.1
_USER = "xiaoneng"
# Spinning schedulers would take the cores away from the test.
_CALM = "+sbwt none +sbwtdcpu none +sbwtdio none"
_IMAGE = "rabbitmq:4-management"
# RabbitMQ 3.10 registers a new quorum queue in a table that reaches the disk minutes later.
_SYNC = "[dets:sync(Table) || Table <- dets:all()]."


@dataclass(frozen=True)
class Address:
    """How a node is reached; the same before and after it is killed and started again."""

    amqp: int
    api: int
    distribution: int
    epmd: int
    password: str
    user: str = _USER
    host: str = "127.0.0.1"

    def answers(self) -> bool:
        """Whether the node takes connections and commands."""
        try:
            socket.create_connection((self.host, self.amqp), timeout=5).close()
            told = httpx.get(f"http://{self.host}:{self.api}/api/whoami", auth=(self.user, self.password), timeout=5, trust_env=False)
        except (OSError, httpx.HTTPError):
            return False
        return told.status_code == 200


class Node(Protocol):
    """A RabbitMQ that tests may start, stop and kill."""

    address: Address

    def start(self) -> None:
        """Starts the node unless it answers already; returns when it takes connections."""

    def stop(self) -> None:
        """Stops the node in good order; its messages stay."""

    def kill9(self) -> None:
        """Kills the node as a power failure would; its disk stays."""

    def settle(self) -> None:
        """Brings the node's own books to the disk, as time would: from then on `kill9` spares the queues declared so far."""

    def control(self) -> list[str]:
        """The command line of the node's rabbitmqctl."""

    def remove(self) -> None:
        """Stops the node and removes everything of it."""


def wait(seconds: float, condition: Callable[[], object]) -> bool:
    """Waits until `condition` holds; False when it did not within `seconds`."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(_PAUSE_SECONDS)
    return True


def address_in(folder: Path) -> Address:
    """The address that belongs to a node's folder; chosen when it is asked for the first time."""
    known = folder / "address.json"
    if not known.exists():
        folder.mkdir(parents=True, exist_ok=True)
        amqp, api, distribution, epmd = (free_port() for _ in range(4))
        chosen = Address(amqp, api, distribution, epmd, secrets.token_urlsafe(16))
        known.touch(mode=0o600)
        known.write_text(json.dumps(asdict(chosen)))
    return Address(**json.loads(known.read_text()))


class OwnNode:
    """A node of the programs on this machine, with its own epmd, in a folder of its own."""

    def __init__(self, folder: Path, programs: Programs | None) -> None:
        """Without programs an existing node can only be stopped, killed or removed."""
        self.folder = folder.absolute()
        self.programs = programs
        self.address = address_in(self.folder)
        self._children: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        if self.address.answers():
            return
        if self.programs is None:
            raise RuntimeError("there are no programs to start this node with")
        self._configure()
        if not self._alive("epmd"):
            epmd = [self.programs.epmd(), "-port", str(self.address.epmd), "-address", "127.0.0.1"]
            self._launch("epmd", epmd)
        server = self._launch("server", ["/bin/sh", str(self.programs.server)])
        ready = wait(_START_SECONDS, lambda: server.poll() is not None or self.address.answers())
        if not ready or server.poll() is not None:
            raise RuntimeError(f"RabbitMQ does not start:\n{self._log()}")

    def stop(self) -> None:
        beam = self._beam()
        if beam and self._alive("server"):
            os.kill(beam, signal.SIGTERM)
            wait(_STOP_SECONDS, lambda: not command_line(beam))
        self._kill("server")

    def kill9(self) -> None:
        self._kill("server")

    def settle(self) -> None:
        subprocess.run([*self.control(), "eval", _SYNC], cwd=self.folder, check=True, capture_output=True, timeout=_STOP_SECONDS)

    def control(self) -> list[str]:
        if self.programs is None:
            raise RuntimeError("there are no programs to speak to this node with")
        environment = [f"{name}={value}" for name, value in self._environment().items()]
        return ["env", "-i", *environment, "/bin/sh", str(self.programs.server.with_name("rabbitmqctl"))]

    def remove(self) -> None:
        self._kill("server")
        self._kill("epmd")
        for child in self._children:
            child.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _configure(self) -> None:
        """Writes the node's configuration. Its own files only: none of those in /etc/rabbitmq."""
        (self.folder / "env.conf").touch()
        (self.folder / "enabled_plugins").write_text("[rabbitmq_management].\n")
        (self.folder / "rabbitmq.conf").write_text(
            "\n".join(
                [
                    f"listeners.tcp.1 = 127.0.0.1:{self.address.amqp}",
                    "management.tcp.ip = 127.0.0.1",
                    f"management.tcp.port = {self.address.api}",
                    f"default_user = {self.address.user}",
                    f"default_pass = {self.address.password}",
                    "default_user_tags.administrator = true",
                    "disk_free_limit.absolute = 50MB",
                    "raft.wal_max_size_bytes = 67108864",
                    "log.file.level = warning",
                    "",
                ]
            )
        )

    def _environment(self) -> dict[str, str]:
        assert self.programs is not None
        local = "-kernel inet_dist_use_interface {127,0,0,1}"
        return {
            "PATH": self.programs.path(),
            "HOME": str(self.folder),
            "LANG": "C.UTF-8",
            "ERL_EPMD_PORT": str(self.address.epmd),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": "xiaoneng@localhost",
            "RABBITMQ_DIST_PORT": str(self.address.distribution),
            "RABBITMQ_CONF_ENV_FILE": str(self.folder / "env.conf"),
            "RABBITMQ_CONFIG_FILE": str(self.folder / "rabbitmq.conf"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(self.folder / "advanced.config"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "enabled_plugins"),
            "RABBITMQ_MNESIA_BASE": str(self.folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(self.folder / "log"),
            "RABBITMQ_GENERATED_CONFIG_DIR": str(self.folder / "config"),
            "RABBITMQ_PID_FILE": str(self.folder / "beam.pid"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": f"{_CALM} {local}",
        }

    def _launch(self, name: str, command: list[str]) -> subprocess.Popen[bytes]:
        with (self.folder / f"{name}.out").open("ab") as out:
            child = subprocess.Popen(
                command, cwd=self.folder, env=self._environment(), stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True
            )
        (self.folder / f"{name}.pid").write_text(str(child.pid))
        self._children.append(child)
        return child

    def _pid(self, name: str) -> int:
        try:
            return int((self.folder / f"{name}.pid").read_text())
        except (FileNotFoundError, ValueError):
            return 0

    def _beam(self) -> int:
        """Process id of the virtual machine, as the node wrote it."""
        pid = self._pid("beam")
        return pid if pid and str(self.folder) in command_line(pid) else 0

    def _alive(self, name: str) -> bool:
        pid = self._pid(name)
        mark = str(self.address.epmd) if name == "epmd" else "rabbitmq-server"
        return bool(pid) and mark in command_line(pid)

    def _kill(self, name: str) -> None:
        """Kills a child with its process group: the script and the virtual machine are one group."""
        beam = self._beam() if name == "server" else 0
        if self._alive(name):
            os.killpg(self._pid(name), signal.SIGKILL)
        elif beam:
            os.kill(beam, signal.SIGKILL)
        wait(_STOP_SECONDS, lambda: not self._alive(name) and not (beam and command_line(beam)))

    def _log(self) -> str:
        files = [*sorted(self.folder.glob("*.out")), *sorted((self.folder / "log").glob("*.log"))]
        return "\n".join(f"{path.name}: {path.read_text(errors='replace')[-1500:]}" for path in files)


class DockerNode:
    """A node in a container of the official image."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self.address = address_in(self.folder)
        self._name = f"xiaoneng-test-{self.address.amqp}-{self.address.api}"

    def start(self) -> None:
        if self.address.answers():
            return
        made = self.folder / "container"
        if made.exists():
            _docker("start", self._name)
        else:
            ports = (f"--publish=127.0.0.1:{self.address.amqp}:5672", f"--publish=127.0.0.1:{self.address.api}:15672")
            login = (f"--env=RABBITMQ_DEFAULT_USER={self.address.user}", f"--env=RABBITMQ_DEFAULT_PASS={self.address.password}")
            _docker("run", "--detach", f"--name={self._name}", f"--hostname={self._name}", *ports, *login, _IMAGE)
            made.touch()
        if not wait(_START_SECONDS, self.address.answers):
            raise RuntimeError(f"RabbitMQ does not start in docker: {_docker('logs', '--tail', '50', self._name)}")

    def stop(self) -> None:
        _docker("stop", self._name)

    def kill9(self) -> None:
        _docker("kill", self._name)

    def settle(self) -> None:
        _docker("exec", self._name, "rabbitmqctl", "eval", _SYNC)

    def control(self) -> list[str]:
        return ["docker", "exec", "--interactive", self._name, "rabbitmqctl"]

    def remove(self) -> None:
        if (self.folder / "container").exists():
            _docker("rm", "--force", "--volumes", self._name)
        shutil.rmtree(self.folder, ignore_errors=True)


def docker_works() -> bool:
    """Whether there is a docker whose daemon answers."""
    if shutil.which("docker") is None:
        return False
    return subprocess.run(["docker", "info"], capture_output=True, timeout=30, check=False).returncode == 0


def _docker(*arguments: str) -> str:
    return subprocess.run(["docker", *arguments], capture_output=True, text=True, check=True, timeout=600).stdout
