"""A call on its way through the interceptors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, cast

import grpc

from services.kit.identity import Caller
from xiaoneng.kit.v1 import options_pb2

_CALLER = "xiaoneng_caller"


@dataclass
class Call:
    """`service` and `method` are the proto's names; `request` is None where requests come as a stream."""

    service: str
    method: str
    access: options_pb2.Access
    context: grpc.ServicerContext
    metadata: Mapping[str, str]
    request: Any = None

    def settle(self, caller: Caller) -> None:
        """Says who calls; servicers read it with `caller(context)`."""
        setattr(self.context, _CALLER, caller)


Interceptor = Callable[[Call], AbstractContextManager[None]]


def caller(context: grpc.ServicerContext) -> Caller:
    """Who calls. Only a public method has a call without a caller; there the person is empty."""
    return cast(Caller, getattr(context, _CALLER, None) or Caller(person=""))


def metadata_of(context: grpc.ServicerContext) -> dict[str, str]:
    """The text metadata of a call; of a repeated key the last counts."""
    return {key: value for key, value in context.invocation_metadata() or () if isinstance(value, str)}
