"""A question asked with a service's own code, and once more, with the same text, of one tenant's views without row-level security."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import SecretStr

from services.kit.clock import SystemClock
from services.kit.identity import Caller
from services.kit.service import Ports, ServiceSpec, build
from services.kit.settings import Settings
from services.kit.testing.service import AUDIT_KEY
from tests.bench.report import Figure, percentile

TIMES = 7
TOOK = "took"
Question = Callable[[Any], object]


@dataclass(frozen=True)
class Reader:
    """Somebody who looks, and how much he sees. `place` is what a figure's name says of his tenant."""

    person: str
    tenant: str
    place: str
    about: str
    permissions: frozenset[str] = frozenset()

    @property
    def caller(self) -> Caller:
        return Caller(person=self.person, tenant=self.tenant, permissions=self.permissions)


@dataclass(frozen=True)
class Asker:
    """Both ways into the database of a service. `warm` reads beforehand what a running service has read already."""

    spec: ServiceSpec
    url: str
    warm: Question

    def secured(self) -> Ports:
        """As the service itself reads."""
        return self._ports(self.url)

    def bare(self, tenant: str) -> Ports:
        """The views of one tenant."""
        return self._ports(f"{self.url}?options=-csearch_path%3Dbare_{tenant}%2Cpublic")

    def ask(self, about: str, question: Question, reader: Reader, secured: Ports, bare: Ports) -> Figure:
        """The median of both, by turns, so that a busy moment slows both; the first of each only warms."""
        ways = {"secured": secured, "bare": bare}
        took: dict[str, list[float]] = {way: [] for way in ways}
        for turn in range(1 + TIMES):
            for way, ports in ways.items():
                once = self._once(question, reader, ports)
                took[way] += [once] if turn else []
        value, baseline = (1000 * percentile(took[way], 0.5) for way in ways)
        note = f"{reader.about}; slowest of {TIMES}: {1000 * max(took['secured']):.1f} ms"
        ratio = round(value / baseline, 2)
        return Figure(f"{about}_{reader.place}_{reader.person}", round(value, 2), "ms", round(baseline, 2), ratio, note)

    def _once(self, question: Question, reader: Reader, ports: Ports) -> float:
        with ports.db.snapshot(reader.tenant, reader.caller) as tx:
            self.warm(tx)
            began = time.perf_counter()
            question(tx)
            return float(tx.memo.get(TOOK, time.perf_counter() - began))

    def _ports(self, url: str) -> Ports:
        return build(self.spec, Settings(audit_key=SecretStr(AUDIT_KEY), pool_size=2), SystemClock(), url=url)
