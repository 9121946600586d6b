"""The one installation of this suite, with all that an operator may switch on: PgBouncer in transaction mode, certificates on both
sides, attachments in a bucket, calendars in a folder that is exchanged.

Its processes stand at the first place; a test that moves one puts it back.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from services.kit.testing.certificates import Authority
from services.kit.testing.listening import free_port
from services.kit.testing.s3 import bucket
from services.platform.client import Client
from services.platform.people import Organisation
from tests.deploy.bouncer import Bouncer, bouncer
from tests.deploy.site import PACKS, PLACES, Release, Site, site

if TYPE_CHECKING:
    from services.kit.testing.rabbit import Broker

_FILES = {"cert": "tls.crt", "key": "tls.key", "ca": "ca.crt"}


@dataclass(frozen=True)
class Installation:
    """What runs, and how a test reaches it."""

    place: Site
    release: Release
    organisation: Organisation
    bouncer: Bouncer
    certificates: Path
    """Folders as cert-manager fills them, one for each process that shows a certificate."""

    def clerk(self) -> Client:
        """The registrar, through the gateway."""
        return self.place.gateway().as_(self.organisation.person("clerk").subject)

    def renew(self, authority: Authority) -> None:
        """New certificates for everybody."""
        for name in ("gateway", *_apis(self.place, self.release)):
            authority.lay(self.certificates / name)

    def processes(self) -> dict[tuple[str, str], int]:
        """The ids of the processes that run."""
        return {key: each.popen.pid for key, each in self.place.running.items()}

    def replace(self, name: str) -> None:
        """Stops a process in good order and starts another one in its place."""
        self.place.stop(name, PLACES[0])
        self.place.start(self.release, PLACES[0], name)

    def metrics(self, name: str, series: str, at: str = PLACES[0]) -> list[str]:
        """The lines of a series on the pages of a process."""
        pages = self.place.running[name, at].pages("/metrics")
        return [line for page in pages for line in page.splitlines() if line.startswith(f"{series}{{")]

    def as_packs(self, *words: str) -> str:
        """Runs a command as the service account of the chart's job; returns what it says."""
        (gateway,) = self.place.gateways()
        account = {
            "XIAONENG_ADDRESS": f"http://127.0.0.1:{gateway}", "XIAONENG_ISSUER_URL": self.place.issuer,
            "XIAONENG_CLIENT_ID": PACKS.client_id, "XIAONENG_CLIENT_SECRET": PACKS.client_secret,
        }  # fmt: skip
        return self.place.command(self.release, *words, **account)


@contextmanager
def installed(broker: Broker, folder: Path, release: Release, organisation: Organisation) -> Iterator[Installation]:
    """Starts the installation with its tenant; nothing of it is left afterwards."""
    port = free_port(2)
    with ExitStack() as stack:
        stored = stack.enter_context(bucket(folder)).settings()
        place = stack.enter_context(site(stack.enter_context(broker.vhost()).url))
        # The name on the certificates, by which only one place is found.
        place.addresses = lambda ports: f"dns:///localhost:{ports[0]}"
        place.settings = _settings(place, release, folder, stored)
        place.without = {name: {"XIAONENG_BLOB_DIR"} for name in ("documents-api", "documents-worker")}
        place.prepare(release, through=f"127.0.0.1:{port}")
        made = Installation(place, release, organisation, stack.enter_context(bouncer(place.postgres, place.secrets, port)), folder)
        made.renew(Authority.made("xiaoneng"))
        place.migrate(release)
        place.start(release)
        place.seed(release, organisation)
        yield made
        place.kill()


def _apis(place: Site, release: Release) -> list[str]:
    return [name for name in place.names(release) if name.endswith("-api")]


def _settings(place: Site, release: Release, certificates: Path, stored: dict[str, str]) -> dict[str, dict[str, str]]:
    """What `mutualTls.enabled` and `attachments.objectStore` of the chart tell the processes."""
    said = {
        name: {f"XIAONENG_TLS_{part.upper()}": str(certificates / name / file) for part, file in _FILES.items()}
        for name in _apis(place, release)
    }
    said["gateway"] = {f"XIAONENG_SERVICES_{part.upper()}": str(certificates / "gateway" / file) for part, file in _FILES.items()}
    for name in ("documents-api", "documents-worker"):
        said[name] = {**said.get(name, {}), **{f"XIAONENG_{key.upper()}": value for key, value in stored.items()}}
    return said
