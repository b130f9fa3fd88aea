"""How long a change may go unseen is promised; the intervals that decide it leave room for the work after them."""

from __future__ import annotations

from modeltui.db import postgres_standby, sqlite_feed
from modeltui.services import answers
from modeltui.tui import following

CHANGE_SECONDS = 0.5
"""After so long every process shows what another one has saved."""
BADGE_SECONDS = 3.0
"""For so long, at most, the screens may be wrong about a variable or a key file."""
ANSWER_SECONDS, KEY_SECONDS = 10.0, 2.0
"""So old a kept answer may become, and what it says of variables and key files."""


def test_kept_answers_become_no_older_than_was_said() -> None:
    assert (answers.LIFE_SECONDS, answers.LOOK_SECONDS) == (ANSWER_SECONDS, KEY_SECONDS)


def test_a_badge_is_looked_at_early_enough() -> None:
    # A third of the time is left for reading the key files and for drawing.
    assert following.LOOK_SECONDS <= BADGE_SECONDS * 2 / 3


def test_a_change_is_looked_for_early_enough() -> None:
    # Half of the time is left for reading and drawing.
    for looks in (sqlite_feed.POLL_SECONDS + following.SETTLE_SECONDS, postgres_standby.LOOK_SECONDS):
        assert looks <= CHANGE_SECONDS / 2
