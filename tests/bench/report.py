"""Figures of a run: a line each on the terminal, and `var/bench.json`."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Figure:
    """One figure. `ratio` is value / baseline; without a baseline there is none."""

    name: str
    value: float
    unit: str
    baseline: float | None = None
    ratio: float | None = None
    note: str = ""
    parts: dict[str, float] = field(default_factory=dict)
    """What the rest of the time is spent on, in shares of the whole."""


def against(name: str, value: float, unit: str, baseline: float, note: str = "", parts: dict[str, float] | None = None) -> Figure:
    """A figure with its baseline of the same run."""
    return Figure(name, round(value, 3), unit, round(baseline, 3), round(value / baseline, 3) if baseline else None, note, parts or {})


def write(figures: list[Figure], path: Path) -> None:
    """Writes the figures as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([asdict(figure) for figure in figures], ensure_ascii=False, indent=2) + "\n")


def show(figure: Figure) -> str:
    """A figure as a line."""
    ratio = f"  {figure.ratio:.1%} of {figure.baseline:,.0f}" if figure.ratio is not None else ""
    parts = "".join(f"\n    {share:6.1%} {part}" for part, share in figure.parts.items())
    return f"{figure.name:40} {figure.value:>12,.1f} {figure.unit}{ratio}  {figure.note}{parts}"


def percentile(values: list[float], share: float) -> float:
    """The value below which `share` of the values lie (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
