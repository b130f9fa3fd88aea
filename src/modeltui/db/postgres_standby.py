"""What a standby has replayed of its primary's changes: it lets nobody listen, so that it is asked instead."""

from __future__ import annotations

from typing import Any

LOOK_SECONDS = 0.25
"""Half of what is promised to people, with the primary's delay on top."""

_REPLAYED = "SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()::text END"
# A standby replays everything that happens on its server. What bears on no catalog must not make anybody read
# the catalog again; these rows are read through, which takes about a millisecond for some thousands.
_ROWS = """
    SELECT (SELECT (count(*), sum(version), max(updated_at))::text FROM provider_config),
           (SELECT (count(*), sum(version), max(updated_at))::text FROM model_config)
"""


class Standby:
    """A connection to a standby, and what was seen there last."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._replayed: str | None = None
        self._rows: tuple[str, str] | None = None

    async def changed(self) -> bool:
        """Whether rows differ from those of the last look. Raises ConnectionError once it is a primary."""
        replayed = await self._connection.fetchval(_REPLAYED)
        if replayed is None:
            raise ConnectionError
        if replayed == self._replayed:
            return False
        # What is replayed between the two statements is looked at once more the next time.
        rows = tuple(await self._connection.fetchrow(_ROWS))
        differs = rows != self._rows
        self._replayed, self._rows = replayed, rows
        return differs
