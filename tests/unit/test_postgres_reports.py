"""What a server's reports come to: each row once, and a resync wherever something can't be told."""

from __future__ import annotations

from uuid import UUID

import pytest

from modeltui.db.feed import BATCH_LIMIT, Batch, Signal
from modeltui.db.postgres_reports import read_reports
from modeltui.domain.changes import CatalogChange, ChangeAction, ChangeKind

A, B = UUID(int=1), UUID(int=2)
LETTERS = {"c": "created", "u": "updated", "d": "deleted", "r": "restored"}


def report(kind: str, topology: int, *rows: tuple[str, UUID]) -> str:
    return f"{kind} {topology} " + ",".join(letter + id.hex for letter, id in rows)


def read(*reports: str) -> Batch:
    found = read_reports(reports)
    assert isinstance(found, Batch)
    return found


@pytest.mark.parametrize("kind", ["model", "provider"])
@pytest.mark.parametrize("letter", LETTERS)
def test_each_letter(kind: str, letter: str) -> None:
    change = CatalogChange(ChangeKind(kind), A, ChangeAction(LETTERS[letter]))
    assert read(report(kind, 0, (letter, A))) == Batch((change,), False)


def test_several_rows_and_reports_keep_their_order() -> None:
    found = read(report("model", 0, ("u", B), ("u", A)), report("provider", 1, ("d", A)))
    assert [(change.kind, change.id, change.action) for change in found.changes] == [
        ("model", B, "updated"),
        ("model", A, "updated"),
        ("provider", A, "deleted"),
    ]


@pytest.mark.parametrize("marks", [(0, 0), (0, 1), (1, 0), (1, 1)])
def test_one_report_that_bears_on_names_is_enough(marks: tuple[int, int]) -> None:
    assert read(*(report("model", mark, ("u", A)) for mark in marks)).topology == any(marks)


@pytest.mark.parametrize(
    ("letters", "action"),
    [
        ("uu", "updated"),
        ("cu", "created"),
        ("cr", "created"),
        ("cd", "deleted"),
        ("cdr", "updated"),
        ("ud", "deleted"),
        ("ur", "restored"),
        ("du", "deleted"),
        ("dr", "updated"),
        ("ru", "restored"),
        ("rd", "updated"),
        ("dc", "created"),
    ],
)
def test_a_row_that_changed_more_than_once_is_told_once(letters: str, action: str) -> None:
    expected = Batch((CatalogChange(ChangeKind.MODEL, A, ChangeAction(action)),), False)
    assert read(*(report("model", 0, (letter, A)) for letter in letters)) == expected
    assert read(report("model", 0, *((letter, A) for letter in letters))) == expected


def test_a_provider_and_a_model_of_the_same_id_are_two_rows() -> None:
    assert len(read(report("model", 0, ("u", A)), report("provider", 0, ("u", A))).changes) == 2


@pytest.mark.parametrize(
    "unreadable",
    [
        "",
        " ",
        "resync",
        "model",
        "model 1",
        "model 1 ",
        "model 1 u",
        f"model 1 u{A.hex},",
        f"model 1 u{A.hex[:-1]}",
        f"model 1 x{A.hex}",
        f"model 1 {A.hex}",
        f"key 1 u{A.hex}",
        f"resync 1 u{A.hex}",
        f"model 1 u{A.hex} more",
        "модель 1 я",
    ],
)
def test_what_can_not_be_read_is_a_resync_whatever_stands_beside_it(unreadable: str) -> None:
    good = report("model", 0, ("u", A))
    for reports in ([unreadable], [good, unreadable], [unreadable, good]):
        assert read_reports(reports) is Signal.RESYNC


def test_more_rows_than_a_batch_may_have_are_a_resync() -> None:
    rows = [("u", UUID(int=number)) for number in range(BATCH_LIMIT + 1)]
    assert len(read(report("model", 0, *rows[1:])).changes) == BATCH_LIMIT
    assert len(read(report("model", 0, *rows[1:]), report("model", 0, *rows[1:])).changes) == BATCH_LIMIT
    assert read_reports([report("model", 0, *rows)]) is Signal.RESYNC
