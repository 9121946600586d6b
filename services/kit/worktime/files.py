"""Reads the holiday arrangements that were published after the library's release (`deploy/calendars/<year>.yaml`).

The only part of this room that touches the disk; everything else takes values.
"""

from __future__ import annotations

from pathlib import Path

import yaml

from services.kit.worktime.years import CalendarFileWrong, PublishedYear, parse_year


def load_years(folder: Path) -> tuple[PublishedYear, ...]:
    """Returns the arrangements of a folder in the order of their years. Refuses the first bad file: CalendarFileWrong."""
    years = [_load(path) for path in sorted(folder.glob("*.yaml"))]
    return tuple(sorted(years, key=lambda year: year.year))


def _load(path: Path) -> PublishedYear:
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise CalendarFileWrong(path.name, [f"no YAML: {error}"]) from error
    year = parse_year(data, path.name)
    if path.stem != str(year.year):
        raise CalendarFileWrong(path.name, [f"holds the year {year.year}"])
    return year
