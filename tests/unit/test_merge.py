"""Two lists made from one: disjoint changes are put together, those that contradict are refused by name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modeltui.domain.draft import DraftLine
from modeltui.domain.merge import Clash, Why, merge
from tests.unit.rows import provider_id

NAMES = {provider_id(name): name for name in "abcdefghxyz"}
Lines = tuple[DraftLine, ...]


def lines(text: str) -> Lines:
    """Make a list from letters; `b=` gives the line before it an own id, the character that follows."""
    found: list[DraftLine] = []
    letters = iter(text)
    for letter in letters:
        if letter == "=":
            found[-1] = found[-1]._replace(own_id=next(letters))
        else:
            found.append(DraftLine(provider_id(letter)))
    return tuple(found)


def text(found: Lines) -> str:
    """Write a list as `lines` reads it."""
    return "".join(NAMES[line.provider] + (f"={line.own_id}" if line.own_id else "") for line in found)


def merged(base: str, theirs: str, mine: str, touched: str = "") -> str:
    """Merge lists of letters that don't clash."""
    found = merge(lines(base), lines(theirs), lines(mine), [provider_id(name) for name in touched])
    assert found.clashes == ()
    return text(found.lines)


def clashes(base: str, theirs: str, mine: str, touched: str = "") -> dict[str, Why]:
    """Name the lines for which a merge is refused, each with its reason."""
    found = merge(lines(base), lines(theirs), lines(mine), [provider_id(name) for name in touched])
    assert found.lines == ()
    return {NAMES[clash.provider]: clash.why for clash in found.clashes}


@pytest.mark.parametrize(
    ("base", "theirs", "mine", "expected"),
    [
        # One side changed nothing.
        ("abc", "abc", "cab", "cab"),
        ("abc", "cab", "abc", "cab"),
        # Both did the same.
        ("abcd", "dabc", "dabc", "dabc"),
        ("abc", "abcx", "abcx", "abcx"),
        ("abc", "ac", "ac", "ac"),
        ("abcde", "ebacd", "bacde", "ebacd"),
        # Moves of different lines.
        ("abcd", "bacd", "abdc", "badc"),
        ("abcd", "dabc", "bcad", "dbca"),
        ("abcde", "aebcd", "bcade", "ebcad"),
        # What one attached or detached, and the other moved around it.
        ("abc", "abcx", "bac", "bacx"),
        ("abc", "xabc", "bac", "xbac"),
        ("abc", "bc", "acb", "cb"),
        ("abcd", "abd", "dabc", "dab"),
        ("abc", "xabcy", "cab", "xcaby"),
        # Both attached: theirs stays, mine follows the line that it followed; what I had last is last.
        ("abc", "abcx", "abcy", "abcxy"),
        ("abc", "axbc", "aybc", "ayxbc"),
        ("abc", "xabc", "yabc", "xyabc"),
        ("abc", "cab", "abcy", "caby"),
        ("ab", "abx", "ba", "bxa"),
        ("ab", "xab", "ba", "xba"),
        # The line that mine followed is gone, or went elsewhere.
        ("abc", "ac", "abxc", "axc"),
        ("abcd", "acdb", "abxcd", "axcdb"),
        # Own ids.
        ("abc", "ab=1c", "cab", "cab=1"),
        ("abc", "ab=1c", "a=2bc", "a=2b=1c"),
        ("abc", "ab=1c", "ab=1c", "ab=1c"),
        ("ab=1c", "ab=1c", "abc", "abc"),
        ("abc", "abcx=1", "abcx", "abcx=1"),
    ],
)
def test_merged(base: str, theirs: str, mine: str, expected: str) -> None:
    assert merged(base, theirs, mine) == expected


@pytest.mark.parametrize(
    ("base", "theirs", "mine", "expected"),
    [
        ("abcd", "dabc", "adbc", {"d": Why.BOTH_MOVED}),
        ("abcd", "bcda", "bacd", {"a": Why.BOTH_MOVED}),
        ("abc", "xabc", "abcx", {"x": Why.BOTH_ATTACHED}),
        ("abc", "ab=1c", "ab=2c", {"b": Why.BOTH_OWN_IDS}),
        ("ab=3c", "ab=1c", "abc", {"b": Why.BOTH_OWN_IDS}),
        ("abc", "abcx=1", "abcx=2", {"x": Why.BOTH_OWN_IDS}),
        ("abc", "ab", "cab", {"c": Why.THEY_DETACHED}),
        ("abc", "cab", "ab", {"c": Why.I_DETACHED}),
        ("abc", "abc=1", "ab", {"c": Why.I_DETACHED}),
        ("abc", "ab", "abc=1", {"c": Why.THEY_DETACHED}),
        ("ab", "b", "a", {"b": Why.NONE_LEFT}),
    ],
)
def test_refused_by_name(base: str, theirs: str, mine: str, expected: dict[str, Why]) -> None:
    assert clashes(base, theirs, mine) == expected


def test_which_of_two_neighbours_moved_is_known_of_my_own() -> None:
    """I moved a below b; they detached b, or put it elsewhere, which has nothing to do with a."""
    assert merged("abc", "ac", "bac", touched="a") == "ac"
    assert clashes("abc", "ac", "bac", touched="b") == {"b": Why.THEY_DETACHED}
    assert clashes("abc", "ac", "bac") == {"b": Why.THEY_DETACHED}
    assert merged("abcd", "acdb", "bacd", touched="a") == "acdb"


# Properties

own_ids = st.sampled_from([None, None, "1", "2"])


@st.composite
def lists(draw: st.DrawFn, names: str = "abcdefxyz", least: int = 1) -> Lines:
    """Any list."""
    order = draw(st.lists(st.sampled_from(names), unique=True, min_size=least))
    return tuple(DraftLine(provider_id(name), draw(own_ids)) for name in order)


@given(lists(), lists())
def test_what_only_one_side_changed_is_taken_over(base: Lines, changed: Lines) -> None:
    assert merge(base, base, changed).lines == changed
    assert merge(base, changed, base).lines == changed
    assert merge(base, changed, changed).lines == changed


@given(lists("abcd", 0), lists("abcdx", 0), lists("efgh", 0), lists("efghy", 0))
def test_changes_on_both_sides_of_a_line_are_put_together(
    top: Lines, mine: Lines, bottom: Lines, theirs: Lines
) -> None:
    """Whichever side is called mine."""
    middle = lines("z")
    base, expected = top + middle + bottom, mine + middle + theirs
    assert merge(base, top + middle + theirs, mine + middle + bottom).lines == expected
    assert merge(base, mine + middle + bottom, top + middle + theirs).lines == expected


@given(lists(), lists(), lists())
def test_a_merge_loses_and_doubles_nothing(base: Lines, theirs: Lines, mine: Lines) -> None:
    found = merge(base, theirs, mine)
    assert bool(found.lines) is not bool(found.clashes)
    if found.clashes:
        return
    known, one, other = ({line.provider for line in each} for each in (base, theirs, mine))
    result = [line.provider for line in found.lines]
    assert len(result) == len(set(result))
    assert set(result) == (one & other) | (one - known) | (other - known)


@given(lists(), lists(), lists())
def test_both_sides_are_refused_alike(base: Lines, theirs: Lines, mine: Lines) -> None:
    turned = {Why.I_DETACHED: Why.THEY_DETACHED, Why.THEY_DETACHED: Why.I_DETACHED}
    one, other = merge(base, theirs, mine).clashes, merge(base, mine, theirs).clashes
    if Why.NONE_LEFT in {clash.why for clash in one}:
        assert {clash.why for clash in other} == {Why.NONE_LEFT}
    else:
        assert set(one) == {Clash(provider, turned.get(why, why)) for provider, why in other}


@given(lists(), lists(), lists())
def test_lines_that_nobody_moved_keep_their_order(base: Lines, theirs: Lines, mine: Lines) -> None:
    """Those that both lists have as the base has them."""
    found = [line.provider for line in merge(base, theirs, mine).lines]
    orders = [[line.provider for line in each] for each in (base, theirs, mine)]
    in_all = [provider for provider in orders[0] if all(provider in order for order in orders)]
    if found and all([one for one in order if one in in_all] == in_all for order in orders):
        assert [one for one in found if one in in_all] == in_all
