"""`make bench`: measures, prints, writes `var/bench.json`. Names on the command line measure these only."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from services.kit.testing import postgres, rabbit, runs
from tests.bench import deadlines, lists, relay, steps, todos
from tests.bench.report import Figure, show, write

MEASURES: dict[str, Callable[[], list[Figure]]] = {
    "steps": lambda: steps.figures(postgres.server()),
    "deadlines": lambda: deadlines.figures(postgres.server()),
    "search": lambda: lists.figures(postgres.server()),
    "todos": lambda: todos.figures(postgres.server()),
    "relay": lambda: relay.figures(postgres.server(), rabbit.broker()),
}


def main(names: list[str]) -> None:
    """Measures one after the other; a figure is printed as soon as it is there."""
    found: list[Figure] = []
    try:
        for name, measure in MEASURES.items():
            if not names or name in names:
                for figure in measure():
                    print(show(figure), flush=True)
                    found.append(figure)
    finally:
        runs.end()
    write(found, Path("var/bench.json"))


if __name__ == "__main__":
    main(sys.argv[1:])
