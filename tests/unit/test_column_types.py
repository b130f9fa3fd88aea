"""Column types: what goes in comes out, and a moment without a zone never goes in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy.dialects import postgresql, sqlite

from modeltui.db.types import UtcDateTime

MOMENT = datetime(2026, 3, 1, 12, 0, 0, 5, tzinfo=UTC)
ELSEWHERE = MOMENT.astimezone(timezone(timedelta(hours=5, minutes=30)))


@pytest.mark.parametrize("dialect", [sqlite.dialect(), postgresql.dialect()], ids=["sqlite", "postgresql"])
def test_a_moment_comes_back_in_utc(dialect: object) -> None:
    column = UtcDateTime()
    for moment in (MOMENT, ELSEWHERE):
        stored = column.process_bind_param(moment, dialect)
        read = column.process_result_value(stored, dialect)
        assert read == MOMENT
        assert read.utcoffset() == timedelta(0)
    assert column.process_bind_param(None, dialect) is None
    assert column.process_result_value(None, dialect) is None


def test_sqlite_is_given_no_zone_which_it_would_drop() -> None:
    assert UtcDateTime().process_bind_param(ELSEWHERE, sqlite.dialect()) == MOMENT.replace(tzinfo=None)


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        UtcDateTime().process_bind_param(datetime(2026, 3, 1), sqlite.dialect())
