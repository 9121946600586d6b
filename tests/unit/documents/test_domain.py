"""What a document is, without a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.documents import facts
from services.documents.domain import facts_of
from services.documents.domain.attachments import MEGABYTE, Limits, check_size, check_type, display_name, sniff
from services.documents.domain.document import Document, Kind, Ledger, Proposal, State, ensure_unclassified
from services.documents.domain.errors import (
    Classified,
    DocumentTooLarge,
    ExtensionDecided,
    FileEmpty,
    FileTooLarge,
    MaterialSupplied,
    NotADraft,
    PreforwardedAlready,
    TypeNotAllowed,
    WrongState,
)
from services.documents.domain.handling import Extension, ExtensionState, Material
from services.documents.domain.numbering import INCOMING, Number, local_year
from services.documents.domain.search import fold, hits, phrases, snippet, terms, wanted

AT = datetime(2025, 9, 22, 1, tzinfo=UTC)


def a_document(**changes: Any) -> Document:
    values = {
        "id": "d",
        "kind": Kind.INCOMING,
        "title": "通知",
        "initiator": "clerk",
        "initiating_unit": "office",
        "state": State.REGISTERED,
    }
    return Document(**{**values, "created_at": AT, "updated_at": AT, **changes})


# ---- document -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("secrecy", ["", "公开", "内部", " 公开 "])
def test_what_is_not_classified_enters(secrecy: str) -> None:
    ensure_unclassified(secrecy)


@pytest.mark.parametrize("secrecy", ["绝密", "机密", "秘密", "机密★10年", "secret"])
def test_everything_else_does_not(secrecy: str) -> None:
    with pytest.raises(Classified):
        ensure_unclassified(secrecy)


def test_a_change_counts_the_version_up() -> None:
    document = a_document()
    document.classify("action", "", AT + timedelta(hours=1))
    assert (document.version, document.updated_at) == (2, AT + timedelta(hours=1))


def test_the_only_responsible_unit_leads() -> None:
    assert Proposal(responsible_units=("a",)).lead == "a"
    assert Proposal(responsible_units=("a", "b")).lead == ""
    assert Proposal(responsible_units=("a", "b"), lead_unit="b").lead == "b"


def test_a_completion_deadline_counts_before_a_feedback_deadline() -> None:
    document = a_document()
    document.propose(Proposal(completion_deadline=AT, feedback_deadline=AT + timedelta(days=1)), AT)
    assert document.stated_limit == AT


def test_what_an_actor_sets_changes_the_proposal_and_not_its_author() -> None:
    document = a_document()
    document.propose(Proposal(handling_text="办", responsible_units=("a",), proposer="clerk", submitted_at=AT), AT)
    document.decide({"responsible_units": ["b", "c"], "lead_unit": "c", "important": True}, AT)
    assert (document.proposal.responsible_units, document.lead_unit, document.important) == (("b", "c"), "c", True)
    assert document.proposal.proposer == "clerk"


def test_a_document_is_forwarded_ahead_once() -> None:
    document = a_document()
    document.preforward("a", AT)
    with pytest.raises(PreforwardedAlready):
        document.preforward("b", AT)


def test_a_closed_document_cannot_be_closed_or_ended_again() -> None:
    document = a_document(state=State.RUNNING)
    document.close(AT)
    for again in (lambda: document.close(AT), lambda: document.end(State.VOID, "错", AT)):
        with pytest.raises(WrongState):
            again()


def test_the_ledger_entry_goes_from_open_to_closed() -> None:
    document = a_document(state=State.RUNNING)
    document.enter_ledger("x/1")
    document.feed_back(AT)
    assert document.ledger is Ledger.FED_BACK
    document.close(AT)
    assert document.ledger is Ledger.CLOSED


def test_a_document_without_an_entry_gets_none_by_feedback() -> None:
    document = a_document(state=State.RUNNING)
    document.feed_back(AT)
    document.close(AT)
    assert document.ledger is Ledger.NONE


def test_a_draft_is_its_drafters() -> None:
    document = a_document(state=State.DRAFT)
    document.ensure_draft_of("clerk")
    with pytest.raises(NotADraft):
        document.ensure_draft_of("other")


def test_a_correction_tells_only_what_changed() -> None:
    document = a_document()
    assert document.correct({"title": "通知", "sender": "市政府"}, AT) == {"sender": ("", "市政府")}


def test_every_fact_that_is_said_is_declared_and_every_declared_one_is_said() -> None:
    said = {*facts_of.document_facts(a_document(), lambda _: [], AT, "Asia/Shanghai"), *facts_of.no_step(), *facts_of.handling_facts(0)}
    of_the_office = {"field", "field_leader", "field_leader_name", "earlier_actors", "unit_kind"}  # said by the case, which has the roster
    declared = {fact.name for fact in (*facts.DOCUMENT, *facts.ISSUING, *facts.STEP, *facts.HANDLING)}
    assert said | of_the_office == declared


def test_leaders_come_in_the_order_of_the_units_and_once() -> None:
    document = a_document()
    document.propose(Proposal(responsible_units=("a", "b", "c"), lead_unit="b"), AT)
    in_charge = {"a": ["x"], "b": ["y"], "c": ["x"]}
    assert facts_of.document_facts(document, lambda unit: in_charge[unit], AT, "Asia/Shanghai")["portfolio_leaders"] == ["x", "y"]


# ---- handling -----------------------------------------------------------------------------------------------------------


def test_material_is_supplied_once() -> None:
    material = Material("m", "d", "a", "b", "数据", "head", AT)
    material.supply("见附表", "clerk", AT)
    with pytest.raises(MaterialSupplied):
        material.supply("再来", "clerk", AT)


def test_an_extension_is_decided_once() -> None:
    extension = Extension("e", "d", "s", "a", "l", AT, AT + timedelta(days=1), "忙", "head", AT, "office")
    extension.decide(granted=False, person="director", reason="不同意", at=AT)
    assert extension.state is ExtensionState.REJECTED
    with pytest.raises(ExtensionDecided):
        extension.decide(granted=True, person="director", reason="", at=AT)


# ---- numbers ------------------------------------------------------------------------------------------------------------


def test_a_number_is_written_as_on_paper() -> None:
    assert Number("某市水利字", 2019, 18).text == "某市水利字〔2019〕18号"
    assert Number(INCOMING, 2019, 102).text == "2019-102"


def test_the_year_is_that_of_the_local_date() -> None:
    midnight = datetime(2025, 12, 31, 16, tzinfo=UTC)
    assert (local_year(midnight - timedelta(seconds=1), "Asia/Shanghai"), local_year(midnight, "Asia/Shanghai")) == (2025, 2026)


# ---- files --------------------------------------------------------------------------------------------------------------


@given(st.text())
def test_a_display_name_is_never_a_path(given_name: str) -> None:
    name = display_name(given_name)
    assert name
    assert not set(name) & set("/\\\x00\n\u202e")
    assert name not in (".", "..")


def test_sizes_are_limited_per_file_and_per_document() -> None:
    limits = Limits(file=2 * MEGABYTE, document=3 * MEGABYTE)
    check_size(2 * MEGABYTE, MEGABYTE, limits)
    for size, held, refused in ((0, 0, FileEmpty), (2 * MEGABYTE + 1, 0, FileTooLarge), (2 * MEGABYTE, MEGABYTE + 1, DocumentTooLarge)):
        with pytest.raises(refused):
            check_size(size, held, limits)


@pytest.mark.parametrize(
    ("guessed", "head", "name", "found"),
    [
        ("application/pdf", b"%PDF", "a.exe", "application/pdf"),
        ("", "正文".encode(), "a.txt", "text/plain"),
        ("", "正文".encode("gb18030"), "a.txt", "text/plain"),
        ("", b"a,b\n", "a.csv", "text/csv"),
        ("", b"\x00\x01", "a.txt", ""),
        ("", b"<html>", "a.html", ""),
        ("application/zip", b"PK..OFD.xml", "a.ofd", "application/ofd"),
    ],
)
def test_the_type_is_judged_by_content(guessed: str, head: bytes, name: str, found: str) -> None:
    assert sniff(guessed, head, name) == found


def test_programs_are_no_attachments() -> None:
    with pytest.raises(TypeNotAllowed):
        check_type("application/x-executable")


# ---- search -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("question", ["防汛", "防汛检查", "关", "２０１９", "repair", "水利字"])
def test_what_stands_in_a_text_is_found(question: str) -> None:
    found = terms("关于防汛检查的通知", "市水利字〔2019〕18号", "Repair 2019")
    assert set(wanted(question)) <= found


@given(st.text(alphabet="防汛检查通知关于水利"), st.integers(0, 8), st.integers(1, 6))
def test_every_part_of_a_title_finds_it(title: str, start: int, length: int) -> None:
    part = title[start : start + length]
    assert set(wanted(part)) <= terms(title)


def test_a_question_without_words_asks_for_nothing() -> None:
    assert wanted("《》——") == ()


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("天水市關於機關作風建設的通知", "机关作风"),
        ("天水市机关作风", "機關作風"),
        ("第１２号ＡＢ文", "12号ab文"),
        ("二○一二年", "二〇一二"),
        ("這裏", "这里"),
    ],
)
def test_traditional_and_full_width_are_found_as_simplified_and_half_width(text: str, question: str) -> None:
    assert set(wanted(question)) <= terms(text)
    assert all(phrase in fold(text) for phrase in phrases(question))


def test_a_snippet_shows_the_hit_in_the_words_of_the_text() -> None:
    found = snippet("前文" * 40 + "市政府關於\n防汛工作的通知" + "后文" * 40, phrases("关于 防汛工作"), around=4)
    assert found is not None
    assert found.text == "文市政府關於 防汛工"
    assert [found.text[start : start + length] for start, length in found.hits] == ["關於"]


def test_a_snippet_of_a_text_without_the_phrase_is_none() -> None:
    assert snippet("防洪抗汛", phrases("防汛")) is None


def test_hits_of_a_character_that_folds_to_several_lie_in_the_text() -> None:
    assert hits("面积５㎡整", phrases("5m2整")) == ((2, 3),)
