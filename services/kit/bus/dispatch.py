"""Which function runs for which event, and that it runs once in effect.

A service's `handlers.py` holds a `REGISTRY` and decorates plain functions:

    REGISTRY = Registry()

    @REGISTRY.on("documents.circulation.closed.v1")
    def close_reading_todos(tx: Tx, event: Envelope, data: CirculationClosed) -> None: ...

Each runs once per event and receiving tenant: the inbox row `(event, handler, tenant)` is written in the transaction of its effect.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from services.kit.bus.catalogue import Catalogue, EventType

if TYPE_CHECKING:
    from services.kit.bus.envelope import Envelope
    from services.kit.db.tx import Tx

Handling = Callable[["Tx", "Envelope", Any], None]
F = TypeVar("F", bound=Callable[..., None])


class BadRegistry(ValueError):
    """Raised for two handlers of one name, or for a type that no proto declares."""


@dataclass(frozen=True)
class Handler:
    """A function for the events that match `pattern`. `name` is its key in the inbox and must never change."""

    pattern: str
    name: str
    function: Handling

    def matches(self, type_: str) -> bool:
        """Says whether it is for events of this type."""
        if self.pattern.startswith("*."):
            return type_.split(".", 1)[-1] == self.pattern[2:]
        return type_ == self.pattern


class Registry:
    """The handlers of one service."""

    def __init__(self) -> None:
        self._handlers: dict[str, Handler] = {}

    def on(self, *patterns: str, name: str | None = None) -> Callable[[F], F]:
        """Registers the decorated function for events of these types.

        A pattern is a type without the prefix `cn.xiaoneng.`; its service may be `*` for a type that every service has,
        such as `*.deadline.breached.v1`. `name` keeps the inbox key when the function is renamed.
        """

        def register(function: F) -> F:
            for pattern in patterns:
                key = name or function.__name__
                self._add(Handler(pattern, key if len(patterns) == 1 else f"{key}:{pattern}", function))
            return function

        return register

    def include(self, other: Registry) -> None:
        """Takes over the handlers of a kit room, such as the roster's."""
        for handler in other:
            self._add(handler)

    def for_type(self, type_: str) -> list[Handler]:
        """Gives the handlers of a type, in the order in which they were registered."""
        return [handler for handler in self if handler.matches(type_)]

    def types(self, catalogue: Catalogue) -> list[EventType]:
        """Gives the event types that somebody here handles; raises `BadRegistry` for one that no proto declares."""
        found: dict[str, EventType] = {}
        for handler in self:
            matching = catalogue.matching(handler.pattern)
            if not matching:
                raise BadRegistry(f"{handler.name}: no proto declares {handler.pattern}")
            found.update({entry.type: entry for entry in matching})
        return [found[type_] for type_ in sorted(found)]

    def __iter__(self) -> Iterator[Handler]:
        return iter(self._handlers.values())

    def __len__(self) -> int:
        return len(self._handlers)

    def _add(self, handler: Handler) -> None:
        if handler.name in self._handlers:
            raise BadRegistry(f"two handlers are named {handler.name}")
        self._handlers[handler.name] = handler
