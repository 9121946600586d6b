"""A malformed request is refused with the field that is wrong, whichever rule of the contract it breaks; nothing makes a method fail."""

from __future__ import annotations

from collections import Counter
from typing import Any

import grpc
import pytest

from tests.contract.rpc.contract import Method, Violation, is_required, methods, violations
from tests.contract.rpc.office import OfficeDesk, refusal

ALL = methods()


def of_name(method: Method) -> str:
    return method.name
