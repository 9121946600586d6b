"""Refusals of the step machine. Where the pack names a reason of its own for one, `demand` carries it."""

from typing import ClassVar

from services.kit.errors import Refused
from services.kit.procedure.template import Demand, RefusalKind


class RouteRefused(Refused):
    """Base: an act that the route does not allow now. `kind` is the key under which a pack names its own reason."""

    kind: ClassVar[RefusalKind] = "out_of_order"

    def __init__(self, demand: Demand | None = None, **details: object) -> None:
        super().__init__(**details)
        self.demand = demand
        # What has to be done first: steps as the office calls them, each with the party that still has to act (empty: without parties).
        self.missing: tuple[tuple[str, str], ...] = ()


class OutOfOrder(RouteRefused):
    """A step that has not opened, or one that would be skipped."""

    kind = "out_of_order"
    reason = "STEP_NOT_OPEN"
    text = "环节“{step}”尚未到达或已经结束，不能办理"


class NotDistinct(RouteRefused):
    """Somebody who acted at a step may not act at another one."""

    kind = "not_distinct"
    reason = "SAME_PERSON_TWICE"
    text = "环节“{step}”的办理人不得与环节“{other}”相同"


class Blocked(RouteRefused):
    """An undecided objection keeps this step from being acted on."""

    kind = "blocked"
    reason = "OBJECTION_UNDECIDED"
    text = "对环节“{by}”提出的不同意见尚未审定，不能办理"


class NotAllowedHere(RouteRefused):
    """The route does not give this possibility at this step."""

    kind = "not_allowed"
    reason = "NOT_ALLOWED_AT_THIS_STEP"
    text = "环节“{step}”不能进行此项操作（{what}）"


class OpenedAlready(RouteRefused):
    """The next person has opened it, or has acted: it cannot be taken back any more."""

    kind = "opened_already"
    reason = "OPENED_ALREADY"
    text = "下一环节已经打开或办理，不能撤回"


class UnclearVerdict(RouteRefused):
    """The step demands one of certain verdicts."""

    kind = "unclear"
    reason = "VERDICT_UNCLEAR"
    text = "环节“{step}”须签署明确意见"


class NotHolder(RouteRefused):
    """The step lies with others."""

    kind = "not_holder"
    reason = "NOT_YOUR_STEP"
    text = "环节“{step}”不由您办理"


class MatterEnded(RouteRefused):
    """The matter is closed: nothing on its route can change any more."""

    kind = "ended"
    reason = "MATTER_ENDED"
    text = "事项已经办结或终止"
