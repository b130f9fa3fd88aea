"""Moments: stored in UTC, shown in local time with their offset."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from modeltui.clock import local, local_text, utc_now, utc_text

MOMENT = datetime(2026, 3, 1, 2, 4, 5, 123456, tzinfo=UTC)


def test_now_is_in_utc() -> None:
    assert utc_now().tzinfo is UTC


def test_people_see_local_time_with_its_offset_to_the_second() -> None:
    assert local_text(MOMENT, timezone(timedelta(hours=1))) == "2026-03-01 03:04:05+01:00"
    assert local(MOMENT) == MOMENT


def test_programs_get_utc_to_the_microsecond() -> None:
    assert utc_text(MOMENT.astimezone(timezone(timedelta(hours=1)))) == "2026-03-01T02:04:05.123456Z"
    assert utc_text(MOMENT.replace(microsecond=0)) == "2026-03-01T02:04:05.000000Z"


def test_a_time_without_a_zone_can_not_be_shown() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        local_text(datetime(2026, 3, 1))
