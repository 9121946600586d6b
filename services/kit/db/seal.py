"""The seal of an audit row."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC
from typing import Any


def content_hmac(key: bytes, row: Mapping[str, Any]) -> str:
    """HMAC-SHA256 over the content of an audit row (what the row says, not its place in the chain), in hex."""
    content = {
        name: row[name]
        for name in (
            "id",
            "tenant",
            "person",
            "on_behalf_of",
            "act",
            "subject",
            "clause",
            "pack",
            "version",
            "request_id",
            "details",
        )
    }
    content["at"] = row["at"].astimezone(UTC).isoformat(timespec="microseconds")
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hmac.new(key, canonical.encode(), hashlib.sha256).hexdigest()
