"""The draft of a list: every step can be undone and redone, and nothing else is ever lost."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modeltui.domain.draft import Draft, DraftLine, list_change
from tests.unit.rows import line, provider_id

NAMES = {provider_id(name): name for name in "abcdefx"}


def draft(names: str = "abc") -> Draft:
    return Draft.of([line(name) for name in names])


def ids(names: str) -> list[Any]:
    return [provider_id(name) for name in names]


def kept(one: Draft) -> str:
    return "".join(NAMES[identity] for identity in one.providers)


def detached(one: Draft) -> str:
    return "".join(NAMES[entry.provider] for entry in one.now.detached)


def test_a_new_draft_is_the_saved_list() -> None:
    one = draft()
    assert (kept(one), detached(one), one.changed, one.change.total) == ("abc", "", False, 0)
    assert [one.was(identity) for identity in ids("acx")] == [0, 2, None]
    assert not one.undo()
    assert not one.redo()


@pytest.mark.parametrize(("name", "to", "expected"), [("a", 2, "bca"), ("c", 0, "cab"), ("b", 2, "acb")])
def test_move(name: str, to: int, expected: str) -> None:
    one = draft()
    assert one.move(provider_id(name), to)
    assert (kept(one), one.changed, one.change.total) == (expected, True, 1)
    assert not one.move(provider_id(name), to)
    assert not one.move(provider_id("x"), 0)
    assert one.change.total == 1


def test_a_list_that_is_back_where_it_was_has_no_changes() -> None:
    one = draft()
    one.move(provider_id("a"), 1)
    one.move(provider_id("a"), 0)
    assert (one.changed, one.change.total) == (False, 0)


def test_changes_are_what_differs_not_the_steps_to_it() -> None:
    one = draft("abcde")
    for place in (1, 2, 3):
        one.move(provider_id("a"), place)
    assert one.change.total == 1
    one.set_own_id(provider_id("b"), "own")
    one.attach(ids("x"))
    one.set_own_id(provider_id("x"), "own-x")
    one.detach(provider_id("c"))
    assert (kept(one), one.change.total) == ("bdaex", 4)
    one.detach(provider_id("x"))
    one.set_own_id(provider_id("b"), None)
    assert one.change.total == 2


@pytest.mark.parametrize(
    ("after", "moved"), [("bacde", "a"), ("abced", "d"), ("eabcd", "e"), ("bcdea", "a"), ("edcba", "abcd")]
)
def test_as_few_lines_moved_as_explain_the_order(after: str, moved: str) -> None:
    base = draft("abcde").saved
    lines = tuple(DraftLine(provider_id(name)) for name in after)
    assert list_change(base, lines).moved == frozenset(ids(moved))


def test_of_two_neighbours_the_one_that_was_moved_by_hand() -> None:
    one = draft()
    one.move(provider_id("b"), 0)
    assert (one.change.moved, one.change.perhaps_moved) == (frozenset(ids("b")), frozenset(ids("b")))
    assert list_change(one.saved, one.now.kept).perhaps_moved == frozenset(ids("ab"))


def test_going_on_from_another_saved_list_can_be_undone() -> None:
    one = draft()
    one.move(provider_id("a"), 2)
    theirs, mine = draft("bcx").saved, one.saved
    one.go_on_from(theirs, draft("xb").saved)
    assert (kept(one), detached(one), one.saved) == ("xb", "c", theirs)
    assert [one.was(identity) for identity in ids("xba")] == [2, 0, None]
    assert one.undo()
    assert (kept(one), detached(one), one.saved) == ("bca", "", mine)
    assert one.redo()
    assert (kept(one), one.saved) == ("xb", theirs)


def test_attach_at_the_end_in_the_given_order_and_once() -> None:
    one = draft()
    assert one.attach(ids("fae"))
    assert kept(one) == "abcfe"
    assert not one.attach(ids("fa"))
    assert not one.attach([])


def test_a_detached_line_stays_in_sight_until_it_is_saved() -> None:
    one = draft()
    one.set_own_id(provider_id("b"), "own-b")
    assert one.detach(provider_id("b"))
    assert (kept(one), detached(one)) == ("ac", "b")
    assert not one.detach(provider_id("b"))
    assert one.attach(ids("xb"))
    assert (kept(one), detached(one)) == ("acxb", "")
    assert one.own_ids[provider_id("b")] == "own-b"


def test_a_line_that_was_never_saved_simply_goes() -> None:
    one = draft()
    one.attach(ids("x"))
    assert one.detach(provider_id("x"))
    assert (kept(one), detached(one)) == ("abc", "")


def test_the_last_line_can_not_be_detached() -> None:
    one = draft("a")
    assert not one.detach(provider_id("a"))
    assert kept(one) == "a"


@pytest.mark.parametrize(
    ("gone", "back", "expected"), [("a", "a", "abc"), ("b", "b", "abc"), ("ab", "b", "cb"), ("bc", "c", "ac")]
)
def test_a_detached_line_comes_back_near_its_saved_place(gone: str, back: str, expected: str) -> None:
    one = draft()
    for name in gone:
        one.detach(provider_id(name))
    assert one.keep(provider_id(back))
    assert kept(one) == expected
    assert not one.keep(provider_id(back))


def test_a_lines_own_id() -> None:
    one = draft()
    assert one.set_own_id(provider_id("b"), "own-b")
    assert one.now.kept[1] == DraftLine(provider_id("b"), "own-b")
    assert not one.set_own_id(provider_id("b"), "own-b")
    assert not one.set_own_id(provider_id("x"), "own-x")
    assert one.set_own_id(provider_id("b"), None)
    assert not one.changed


def test_lines_whose_providers_are_gone_are_dropped() -> None:
    one = draft()
    one.detach(provider_id("a"))
    assert one.drop(frozenset(ids("ac")))
    assert (kept(one), detached(one)) == ("b", "")
    assert not one.drop(frozenset(ids("x")))


def test_a_new_step_forgets_what_was_undone() -> None:
    one = draft()
    one.move(provider_id("a"), 2)
    one.undo()
    one.move(provider_id("c"), 0)
    assert not one.redo()
    assert kept(one) == "cab"


names = st.sampled_from("abcx")
steps = st.lists(
    st.one_of(
        st.tuples(st.just("move"), names, st.integers(0, 3)),
        st.tuples(st.just("attach"), names),
        st.tuples(st.just("detach"), names),
        st.tuples(st.just("keep"), names),
        st.tuples(st.just("own"), names, st.sampled_from(["y", None])),
        st.tuples(st.just("drop"), names),
    )
)


def do(one: Draft, action: str, name: str, *rest: Any) -> bool:
    identity = provider_id(name)
    if action == "move":
        return rest[0] < len(one.now.kept) and one.move(identity, rest[0])
    if action == "attach":
        return one.attach([identity])
    if action == "own":
        return one.set_own_id(identity, rest[0])
    if action == "drop":
        return len(one.now.kept) > 1 and one.drop(frozenset([identity]))
    return one.detach(identity) if action == "detach" else one.keep(identity)


@given(steps)
def test_every_step_can_be_undone_and_redone(sequence: list[tuple[Any, ...]]) -> None:
    one = draft()
    states = [one.now]
    for step in sequence:
        if do(one, *step):
            states.append(one.now)
            assert states[-1] != states[-2]
        assert one.now == states[-1]
        assert len(set(one.providers)) == len(one.providers) > 0
    for state in states[-2::-1]:
        assert one.undo()
        assert one.now == state
    assert not one.undo()
    assert not one.changed
    for state in states[1:]:
        assert one.redo()
        assert one.now == state
    assert not one.redo()
