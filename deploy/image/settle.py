"""Makes the source tree the installed package of the virtual environment that runs this: path, metadata, command.

The code stays where its data lie beside it (`deploy/policies`, `deploy/calendars`, the generated contract), as in a developer's tree.
"""

from __future__ import annotations

import sys
import sysconfig
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COMMAND = """#!{python}
from services.platform.cli import main

main()
"""


def main(wheels: str) -> None:
    """`settle.py FOLDER`: the folder holds our wheel, of which only the metadata are wanted."""
    packages = Path(sysconfig.get_paths()["purelib"])
    wheel = next(Path(wheels).glob("xiaoneng-*.whl"))
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(packages, [name for name in archive.namelist() if ".dist-info/" in name and not name.endswith("RECORD")])
    (packages / "xiaoneng.pth").write_text(f"{ROOT}\n{ROOT / 'build' / 'gen'}\n", encoding="utf-8")
    command = Path(sys.executable).parent / "xiaoneng"
    command.write_text(COMMAND.format(python=sys.executable), encoding="utf-8")
    command.chmod(0o755)


if __name__ == "__main__":
    main(*sys.argv[1:])
