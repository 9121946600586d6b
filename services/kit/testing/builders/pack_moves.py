"""Requests to move running matters to a newer version of a regulation."""

from __future__ import annotations

from datetime import timedelta

from services.kit.testing.builders.desk import Act, Builder, Desk
from services.kit.testing.builders.directory import a_pack
from services.kit.testing.builders.documents import Paper


def _moved(desk: Desk) -> dict[str, object]:
    """A letter that was registered under the first version of a regulation that has a second one by now."""
    first = a_pack()
    pack = desk.do("admin", "CreatePack", source=first)
    desk.do("admin", "ActivatePack", name=pack.name)
    desk.settle()
    paper = Paper(desk)
    second = desk.do("admin", "CreatePack", source=first.replace("version: 1", "version: 2"))
    desk.do("admin", "ActivatePack", name=second.name)
    desk.pass_time(timedelta(minutes=1))
    return {"names": [paper.name], "pack": pack.name.split("/")[1], "version": 2}


def preview_pack_move(desk: Desk) -> Act:
    return Act("registry_head", _moved(desk))


def move_pack(desk: Desk) -> Act:
    return Act("registry_head", {**_moved(desk), "reason": "新办法施行后统一办理"})


BUILDERS: dict[str, Builder] = {
    "documents.PackMoveService.MovePack": move_pack,
    "documents.PackMoveService.PreviewPackMove": preview_pack_move,
}
