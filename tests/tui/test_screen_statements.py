"""However many rows there are, a screen sends the same number of statements, on both stores."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services.builders import add_model, add_provider, counted_statements
from tests.services.stores import PostgresStores, Store
from tests.services.test_statement_counts import fill
from tests.tui.driver import NARROW, open_room, store_at
from tests.tui.live import listening

# Each from where the one before has led.
STEPS = {
    "reading again": "r",
    "the lines of a model": "enter",
    "back to Models": "q",
    "the form of a model": "e",
    "out of it": "escape",
    "Providers": "2",
    "the question before turning one off": "t",
    "no": "escape",
    "what if": "w",
    "back to Providers": "q",
    "Doctor": "3",
    "Models": "1",
    "deleted models": "D",
}


@pytest.fixture(params=["sqlite", "postgres"])
def two_stores(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Store, Store]]:
    if request.param == "sqlite":
        yield store_at(tmp_path / "few"), store_at(tmp_path / "many")
        return
    databases = PostgresStores(request.getfixturevalue("postgres_server"))
    yield databases.made(), databases.made()
    databases.close()


async def statements(store: Store, rows: int) -> dict[str, dict[str, int]]:
    async with store.open(create=True) as catalog:
        await add_provider(catalog, "a")
        await add_provider(catalog, "b")
        await add_model(catalog, "m", "a", "b")
        await fill(catalog, rows)
    found = {}
    async with open_room(store, size=NARROW) as room:
        await listening(room)
        for step, key in STEPS.items():
            with counted_statements(room.app.session.catalog) as counts:
                await room.press(key)
                # Work that asks isn't done before it is answered.
                await (room.wait_for("Turn a off?") if key == "t" else room.settle())
            found[step] = dict(counts)
    return found


async def test_the_number_of_statements_of_a_screen_does_not_grow_with_the_rows(
    two_stores: tuple[Store, Store], tmp_path: Path
) -> None:
    for name in ("few", "many"):
        (tmp_path / name).mkdir()
    few, many = [await statements(store, rows) for store, rows in zip(two_stores, (5, 300), strict=True)]
    assert few == many
    assert few["reading again"]["SELECT"] == 3
    # The editor reads its model anew, which others may have changed; all else shows what has been read.
    assert [step for step, counts in few.items() if "SELECT" in counts] == ["reading again", "the lines of a model"]
