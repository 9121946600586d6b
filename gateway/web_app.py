"""Serves the built web app: one page for all of its addresses, and its hashed files."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from gateway import errors

_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".json": "application/json",
    ".woff2": "font/woff2",
    ".png": "image/png",
}
# The smaller one first: what a client takes is decided by this order.
_PACKED = (("br", ".br"), ("gzip", ".gz"))
_NONCE_PLACE = "__CSP_NONCE__"
_ASSETS = "/assets/"
_OF_PROGRAMS = ("/v1/", "/auth/", "/live", "/.well-known/")


class NotBuilt(Exception):
    """The folder holds no built web app. Raised at start."""


class WebApp:
    """The web app in `folder`, as `make setup` builds it. Files are read once; their names carry the hash of their content."""

    def __init__(self, folder: Path, csp: str) -> None:
        try:
            self._page = (folder / "index.html").read_text(encoding="utf-8")
            paths = json.loads((folder / "paths.json").read_text(encoding="utf-8"))
        except FileNotFoundError as missing:
            raise NotBuilt(f"{folder} holds no web app: run make setup") from missing
        self._own = re.compile("|".join(_pattern(path) for path in paths))
        self._files: Mapping[str, Path] = {path.name: path for path in (folder / "assets").iterdir()}
        self._csp = csp

    def owns(self, path: str) -> bool:
        """Whether one of the app's pages has this address."""
        return self._own.fullmatch(path) is not None

    @staticmethod
    def tells(request: Request) -> bool:
        """Whether a person at a browser asks for an address that nobody has: the app says so in words."""
        path = request.url.path
        return request.method == "GET" and not path.startswith(_OF_PROGRAMS) and "text/html" in request.headers.get("accept", "")

    def page(self, request: Request, status: int = 200) -> Response:
        """The one page. Each time with a fresh value that its styles must carry: what is put in from outside does not have it."""
        if request.method not in ("GET", "HEAD"):
            raise errors.wrong_method(["GET"])
        nonce = secrets.token_urlsafe(18)
        headers = {
            "cache-control": "no-cache",
            "content-security-policy": self._csp.replace("style-src 'self'", f"style-src 'self' 'nonce-{nonce}'"),
        }
        return Response(self._page.replace(_NONCE_PLACE, nonce), status, headers, "text/html; charset=utf-8")

    def asset(self, scope: Scope) -> Response:
        """A hashed file, packed as the client takes it; names are looked up, never joined to a path."""
        if scope["method"] not in ("GET", "HEAD"):
            raise errors.wrong_method(["GET"])
        name = scope["path"].removeprefix(_ASSETS)
        found = self._files.get(name)
        if found is None or found.suffix not in _TYPES:
            raise errors.missing()
        headers = {
            "cache-control": "public, max-age=31536000, immutable",
            "content-type": _TYPES[found.suffix],
            "vary": "accept-encoding",
        }
        taken = Request(scope).headers.get("accept-encoding", "")
        for encoding, suffix in _PACKED:
            packed = self._files.get(name + suffix)
            if packed is not None and _takes(taken, encoding):
                return Response(packed.read_bytes(), 200, {**headers, "content-encoding": encoding})
        return Response(found.read_bytes(), 200, headers)

    @staticmethod
    def is_asset(path: str) -> bool:
        return path.startswith(_ASSETS)


def _pattern(path: str) -> str:
    """`/documents/:document` as a regular expression; a part stands for one segment."""
    parts = ("[^/]+" if part.startswith(":") else re.escape(part) for part in path.split("/"))
    return "/".join(parts)


def _takes(accepted: str, encoding: str) -> bool:
    """Whether `Accept-Encoding` names the encoding and does not refuse it."""
    for each in accepted.split(","):
        name, _, weight = each.strip().partition(";")
        if name.strip().lower() == encoding:
            return re.fullmatch(r"q=0(\.0*)?", weight.strip()) is None
    return False
