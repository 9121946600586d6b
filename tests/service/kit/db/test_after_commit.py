"""What is done once a transaction is safe."""

from __future__ import annotations

import pytest

from services.kit.db.engine import Database


class Broken(Exception):
    """Something went wrong."""


def test_it_is_done_after_the_commit_and_not_before(db: Database) -> None:
    done: list[str] = []
    with db.tenant("office") as tx:
        tx.after_commit(lambda: done.append("counted"))
        assert done == []
    assert done == ["counted"]


def test_what_is_rolled_back_is_not_counted(db: Database) -> None:
    done: list[str] = []
    with pytest.raises(Broken), db.tenant("office") as tx:
        tx.after_commit(lambda: done.append("counted"))
        raise Broken
    assert done == []


def test_a_part_that_fails_takes_only_its_own_with_it(db: Database) -> None:
    done: list[str] = []
    with db.tenant("office") as tx:
        tx.after_commit(lambda: done.append("before"))
        with pytest.raises(Broken), tx.savepoint("part"):
            tx.after_commit(lambda: done.append("inside"))
            raise Broken
        tx.after_commit(lambda: done.append("after"))
    assert done == ["before", "after"]
