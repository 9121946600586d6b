"""For every method of the contract one request that is done: by whom, with what, and what has to be there before.

    act = BUILDERS["documents.StepService.SubmitProposal"](desk)
    desk.call(act.who, "documents.StepService.SubmitProposal", act.request)

A `Desk` is a running platform with an office; its cast says who plays which part there, so that no builder knows a person, a unit or a
regulation. Each builder makes what it needs anew: acts do not disturb each other.
"""

from __future__ import annotations

from services.kit.testing.builders import directory, documents, filing, issuing, ledgers, notifications, pack_moves
from services.kit.testing.builders.desk import Act, Builder, Cast, Desk

BUILDERS: dict[str, Builder] = {
    **directory.BUILDERS,
    **documents.BUILDERS,
    **issuing.BUILDERS,
    **filing.BUILDERS,
    **ledgers.BUILDERS,
    **notifications.BUILDERS,
    **pack_moves.BUILDERS,
}

__all__ = ["BUILDERS", "Act", "Builder", "Cast", "Desk"]
