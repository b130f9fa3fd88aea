"""No text steers the terminal, and every text takes the cells that it is said to take."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from modeltui.domain.text import is_forbidden
from modeltui.tui.presentation import glyphs
from modeltui.tui.presentation.text import clean, cut, cut_middle, fit

MISSING = "\ufffd"


@pytest.fixture
def ascii_glyphs() -> Iterator[None]:
    glyphs.use(glyphs.ASCII)
    yield
    glyphs.use(glyphs.UNICODE)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("gpt-5", "gpt-5"),
        ("", ""),
        ("[/] [red]x [@click=app.quit]y", "[/] [red]x [@click=app.quit]y"),
        ("a\x1b[2Jb", f"a{MISSING}[2Jb"),
        ("a\x1b]52;c;eA==\x07b", f"a{MISSING}]52;c;eA=={MISSING}b"),
        ("a\x9b31mb", f"a{MISSING}31mb"),
        ("a\x00\x7f\x85b", f"a{MISSING}{MISSING}{MISSING}b"),
        ("admin\u202egpj.exe", f"admin{MISSING}gpj.exe"),
        ("a\u2066b\u2069", f"a{MISSING}b{MISSING}"),
        ("gpt\u200b-5\ufeff", f"gpt{MISSING}-5{MISSING}"),
        ("a\u2028b\u2029c", f"a{MISSING}b{MISSING}c"),
        ("a\ufe0fb\U000e0100c\u034fd", f"a{MISSING}b{MISSING}c{MISSING}d"),
        ("\u3164\u115f\u1160\uffa0\u17b4\u17b5\u180b\u2800", MISSING * 8),
        ("two\nlines\tand a tab", "two lines and a tab"),
        ("carriage\rreturn", f"carriage{MISSING}return"),
        ("lone \ud83d surrogate", f"lone {MISSING} surrogate"),
        ("modele\u0301", "model\u00e9"),
        ("模型", "模型"),
    ],
)
def test_what_the_gate_lets_through(value: str, shown: str) -> None:
    assert clean(value) == shown


def test_with_ascii_glyphs_a_question_mark_stands_for_what_is_dropped(ascii_glyphs: None) -> None:
    assert clean("a\x1bb") == "a?b"
    assert cut("claude-sonnet", 8) == "claude-~"


def test_changing_the_glyphs_changes_texts_that_were_shown_before() -> None:
    assert clean("seen\x1bbefore") == f"seen{MISSING}before"
    glyphs.use(glyphs.ASCII)
    try:
        assert clean("seen\x1bbefore") == "seen?before"
    finally:
        glyphs.use(glyphs.UNICODE)


@given(st.text())
def test_nothing_forbidden_ever_passes(value: str) -> None:
    assert not any(is_forbidden(character) for character in clean(value))


@pytest.mark.parametrize(
    ("text", "cells", "shown"),
    [
        ("openai-eu", 9, "openai-eu"),
        ("openai-eu", 8, "openai-…"),
        ("openai-eu", 1, "…"),
        ("openai-eu", 0, ""),
        ("openai-eu", -3, ""),
        ("模型配置", 8, "模型配置"),
        ("模型配置", 7, "模型配…"),
        ("模型配置", 6, "模型…"),
        ("模型配置", 2, "…"),
        ("a\u0323\u0302b\u0323\u0302cd", 3, "a\u0323\u0302b\u0323\u0302…"),
        ("claude sonnet", 8, "claude…"),
    ],
)
def test_cut_counts_cells(text: str, cells: int, shown: str) -> None:
    assert cut(text, cells) == shown


def test_a_flood_of_combining_marks_is_cut() -> None:
    assert len(cut("a" + "\u0301" * 10_000 + "b", 4)) < 100


@pytest.mark.parametrize(
    ("text", "align", "shown"),
    [
        ("on", "left", "on    "),
        ("42", "right", "    42"),
        ("模型", "left", "模型  "),
        ("模型配置", "left", "模型… "),
        ("模型配置", "right", " 模型…"),
        ("openai-eu", "right", "opena…"),
    ],
)
def test_fit_gives_exactly_the_cells_asked_for(text: str, align: str, shown: str) -> None:
    assert fit(text, 6, "right" if align == "right" else "left") == shown


@given(st.text(), st.integers(min_value=0, max_value=40), st.sampled_from(["left", "right"]))
def test_whatever_the_text_it_fills_its_cells(value: str, cells: int, align: str) -> None:
    assert cell_len(fit(clean(value), cells, "right" if align == "right" else "left")) == cells


@pytest.mark.parametrize(
    ("flag", "environ", "wanted"),
    [
        (True, {"LANG": "en_US.UTF-8"}, True),
        (False, {"LANG": "en_US.UTF-8"}, False),
        (False, {"LANG": "en_US.utf8"}, False),
        (False, {"LANG": "en_US.UTF-8", "TERM": "linux"}, True),
        (False, {"LANG": "C"}, True),
        (False, {"LANG": "en_US.UTF-8", "LC_CTYPE": "de_DE.ISO-8859-1"}, True),
        (False, {"LANG": "C", "LC_ALL": "", "LC_CTYPE": "C.UTF-8"}, False),
        (False, {"LC_ALL": "POSIX", "LC_CTYPE": "C.UTF-8"}, True),
        (False, {}, False),
    ],
)
def test_when_only_ascii_is_drawn(flag: bool, environ: dict[str, str], wanted: bool) -> None:
    assert glyphs.ascii_wanted(flag, environ) is wanted


def test_glyphs_are_one_cell_wide_and_the_ascii_ones_ascii() -> None:
    for name in glyphs.Glyphs.__slots__:
        assert cell_len(getattr(glyphs.UNICODE, name)) == 1, name
        assert getattr(glyphs.ASCII, name).isascii(), name


@pytest.mark.parametrize(
    ("text", "cells", "shown"),
    [
        ("openai-eu", 9, "openai-eu"),
        ("openai-production-eu-1", 12, "opena…n-eu-1"),
        ("openai-production-eu-2", 9, "openai-p…"),
        ("模型模型模型模型模型-2", 12, "模型…模型-2"),
    ],
)
def test_a_text_cut_in_its_middle_keeps_both_ends(text: str, cells: int, shown: str) -> None:
    assert cut_middle(text, cells) == shown


@given(st.text(), st.integers(0, 30))
def test_cut_in_its_middle_a_text_stays_within_its_cells(value: str, cells: int) -> None:
    assert cell_len(cut_middle(clean(value), cells)) <= cells
    assert cell_len(fit(clean(value), cells, middle=True)) == cells
