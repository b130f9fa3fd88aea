"""No byte of a paste is ever a key, however the terminal cuts it into pieces."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modeltui.tui.driver import PASTE_BEGINS, PASTE_ENDS, PasteGuard
from modeltui.tui.presentation.text import FIELD_LIMIT

PASTES = [
    ("a\x1b[31mzy", "a\ufffd[31mzy"),
    ("\x1b", "\ufffd"),
    ("\x1b\x1b[20", "\ufffd\ufffd[20"),
    ("", ""),
    ("plain\rtext", "plain\rtext"),
]


@pytest.mark.parametrize(("pasted", "read"), PASTES)
@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_escape_in_a_paste_is_replaced(pasted: str, read: str, size: int) -> None:
    data = f"\x1b[Aq{PASTE_BEGINS}{pasted}{PASTE_ENDS}\x1b[B\x1b"
    guard = PasteGuard()

    fed = "".join(guard.feed(data[place : place + size]) for place in range(0, len(data), size))

    assert fed == f"\x1b[Aq{PASTE_BEGINS}{read}{PASTE_ENDS}\x1b[B\x1b"


@pytest.mark.parametrize("size", [1000, 4096, 10**7])
def test_no_more_of_a_long_paste_is_let_in_than_shows_that_it_is_too_long(size: int) -> None:
    data = f"{PASTE_BEGINS}{'x' * 1_000_000}{PASTE_ENDS}q{PASTE_BEGINS}short{PASTE_ENDS}"
    guard = PasteGuard()

    fed = "".join(guard.feed(data[place : place + size]) for place in range(0, len(data), size))

    assert fed == f"{PASTE_BEGINS}{'x' * (FIELD_LIMIT + 1)}{PASTE_ENDS}q{PASTE_BEGINS}short{PASTE_ENDS}"


@given(st.lists(st.text("\x1b[AqO~01", max_size=8), max_size=8))
def test_keys_pass_unchanged_and_at_once(pieces: list[str]) -> None:
    guard = PasteGuard()

    # The alphabet has no 2, so that none of this begins a paste.
    assert [guard.feed(piece) for piece in pieces] == pieces
