"""Reads the words of a file: `python -m services.documents.extract TYPE FILE` writes them to its output.

A process of its own with little memory and little time: files come from outside, and one that eats either must not take the worker along.
"""

from __future__ import annotations

import resource
import sys
import zipfile
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

MOST_CHARACTERS = 1_000_000
_MEMORY = 1 << 30
_SECONDS = 30
_UNPACKED = 200 << 20
_PAGES = 2_000
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class TooMuch(ValueError):
    """The file unpacks to more than is read."""


def plain(path: Path) -> Iterator[str]:
    """Text in UTF-8, or else in the Chinese standard."""
    data = path.read_bytes()[: 4 * MOST_CHARACTERS]
    try:
        yield data.decode("utf-8-sig")
    except UnicodeDecodeError:
        yield data.decode("gb18030", errors="replace")


def word(path: Path) -> Iterator[str]:
    """Paragraphs and cells of a Word document."""
    from docx import Document

    _ensure_small(path)
    document = Document(str(path))
    for paragraph in document.paragraphs:
        yield paragraph.text
    for table in document.tables:
        for row in table.rows:
            yield " ".join(cell.text for cell in row.cells)


def sheet(path: Path) -> Iterator[str]:
    """Cells of a workbook, row by row; formulas by what they gave last."""
    from openpyxl import load_workbook

    _ensure_small(path)
    with path.open("rb") as file:
        for page in load_workbook(file, read_only=True, data_only=True).worksheets:
            yield page.title
            for row in page.iter_rows(values_only=True):
                yield " ".join(str(value) for value in row if value is not None)


def pdf(path: Path) -> Iterator[str]:
    """Text of a PDF, page by page; a scan has none."""
    from pypdf import PdfReader

    for page in islice(PdfReader(str(path)).pages, _PAGES):
        yield page.extract_text()


READERS: dict[str, Callable[[Path], Iterator[str]]] = {
    "text/plain": plain,
    "text/csv": plain,
    _WORD: word,
    _SHEET: sheet,
    "application/pdf": pdf,
}


def _ensure_small(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        if sum(part.file_size for part in archive.infolist()) > _UNPACKED:
            raise TooMuch(path.name)


def main(content_type: str, path: str) -> None:
    """Writes the words of the file, up to a limit."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    left = MOST_CHARACTERS
    for piece in READERS[content_type](Path(path)):
        kept = piece[:left].replace("\x00", "")
        sys.stdout.buffer.write(kept.encode("utf-8", errors="replace") + b"\n")
        left -= len(kept)
        if left <= 0:
            break


if __name__ == "__main__":
    main(*sys.argv[1:3])
