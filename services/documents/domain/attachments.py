"""附件: which files may hang on a document. The type is judged by content, the name never by more than its look."""

import codecs
import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.documents.domain.errors import DocumentTooLarge, FileEmpty, FileTooLarge, TypeNotAllowed

MEGABYTE = 1024 * 1024


class Scan(StrEnum):
    UNSCANNED = "unscanned"
    CLEAN = "clean"
    INFECTED = "infected"
    NO_SCANNER = "no_scanner"


# What an office exchanges. Scripts, programs and pages with scripts are not among it.
ALLOWED = frozenset(
    {
        "application/pdf",
        "application/msword",
        "application/vnd.ms-excel",
        "application/vnd.ms-powerpoint",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "application/vnd.oasis.opendocument.text",
        "application/vnd.oasis.opendocument.spreadsheet",
        "application/ofd",
        "application/rtf",
        "application/zip",
        "image/jpeg",
        "image/png",
        "image/tiff",
        "image/gif",
        "image/bmp",
        "text/plain",
        "text/csv",
        "audio/mpeg",
        "video/mp4",
    }
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f/\\\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class Limits:
    """Sizes in bytes."""

    file: int = 100 * MEGABYTE
    document: int = 500 * MEGABYTE


@dataclass(frozen=True)
class Attachment:
    """A file of a document."""

    id: str
    document: str
    file_name: str
    content_type: str
    size: int
    sha256: str
    scan_state: Scan
    uploader: str
    created_at: datetime

    @property
    def name(self) -> str:
        return f"attachments/{self.id}"


def display_name(given: str) -> str:
    """A name to show: no folders, no control characters, no text direction marks, never empty."""
    name = _CONTROL.sub("", given.replace("\\", "/").rsplit("/", 1)[-1]).strip(" .")
    return name[:200] or "未命名"


def check_type(content_type: str) -> None:
    if content_type not in ALLOWED:
        raise TypeNotAllowed(type=content_type or "未知")


def check_size(size: int, held: int, limits: Limits) -> None:
    """`held`: bytes that the document has already."""
    if size == 0:
        raise FileEmpty()
    if size > limits.file:
        raise FileTooLarge(megabytes=limits.file // MEGABYTE)
    if held + size > limits.document:
        raise DocumentTooLarge(megabytes=limits.document // MEGABYTE)


_TEXTS = {"txt": "text/plain", "csv": "text/csv", "md": "text/plain"}
_OFD = b"OFD.xml"


def sniff(guessed: str, head: bytes, file_name: str) -> str:
    """The type by content. Text has no mark of its own: it counts as text when it is text and is named so."""
    if guessed == "application/zip" and _OFD in head:
        return "application/ofd"
    if guessed:
        return guessed
    named = _TEXTS.get(file_name.rsplit(".", 1)[-1].lower(), "")
    if not named or b"\x00" in head:
        return ""
    for encoding in ("utf-8", "gb18030"):
        try:
            # The head may end in the middle of a character.
            codecs.getincrementaldecoder(encoding)().decode(head, final=False)
        except UnicodeDecodeError:
            continue
        return named
    return ""
