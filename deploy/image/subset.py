"""Takes some packages out of a lock file: `subset.py --only|--without LOCK NAME…`. Standard library only: runs before anything is there."""

from __future__ import annotations

import re
import sys
from pathlib import Path


def entries(text: str) -> dict[str, str]:
    """The lock's entries by the name of the package, each with its hashes."""
    found: dict[str, str] = {}
    for entry in re.split(r"\n(?=[A-Za-z0-9])", text.strip()):
        name = re.match(r"[A-Za-z0-9][A-Za-z0-9._-]*", entry)
        if name:
            found[re.sub(r"[-_.]+", "-", name[0]).lower()] = entry
    return found


def main(how: str, lock: str, *names: str) -> None:
    """Prints the part of the lock; a name that is not there ends the build."""
    known = entries(Path(lock).read_text(encoding="utf-8"))
    if unknown := set(names) - set(known):
        sys.exit(f"{lock} has no {', '.join(sorted(unknown))}")
    wanted = names if how == "--only" else [name for name in known if name not in names]
    print("\n".join(known[name] for name in wanted))


if __name__ == "__main__":
    main(*sys.argv[1:])
