"""A catalog that somebody migrates while it is open: that is said, and nothing is changed in a schema not known."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from modeltui import Catalog, CatalogError, ModelUpdate, SchemaOutdated
from modeltui.db.schema import HEAD
from modeltui.services.feed import Changes
from tests.services.builders import eventually
from tests.services.hearing import RESYNCED, heard

NEWER = "UPDATE alembic_version SET version_num = '9999'"
BACK = f"UPDATE alembic_version SET version_num = '{HEAD}'"


async def write_directly(catalog: Catalog, statement: str) -> None:
    """Execute a statement as a program of another version would."""
    async with catalog._workspace.database._engine.begin() as connection:
        await connection.execute(text(statement))


async def trouble(catalog: Catalog) -> CatalogError:
    """Wait until changes can't be seen; say why."""

    async def is_cut_off() -> bool:
        return catalog.connection_trouble is not None

    await eventually(is_cut_off, "the trouble")
    assert catalog.connection_trouble is not None
    return catalog.connection_trouble


async def hears_again(catalog: Catalog) -> None:
    """Wait until changes can be seen."""

    async def is_back() -> bool:
        return catalog.connection_trouble is None

    await eventually(is_back, "the changes")


async def test_going_back_is_noticed_and_so_is_coming_again(
    filled_catalog: Catalog, other: Catalog, changes: Changes
) -> None:
    await heard(filled_catalog, changes)
    await filled_catalog.resolve("m")
    await other._workspace.database.migrate("0002", down=True)
    assert isinstance(await trouble(filled_catalog), SchemaOutdated)
    # What was kept is asked anew each time: nobody might report what others change.
    await write_directly(
        other, "UPDATE model_config SET model = 'elsewhere', version = version + 1 WHERE name_key = 'm'"
    )
    assert (await filled_catalog.resolve("m")).upstream_model == "elsewhere"
    await other._workspace.database.migrate()
    await hears_again(filled_catalog)
    assert await heard(filled_catalog, changes) == RESYNCED


async def test_a_newer_schema_is_noticed(filled_catalog: Catalog, other: Catalog, changes: Changes) -> None:
    await heard(filled_catalog, changes)
    await write_directly(other, NEWER)
    found: Any = await trouble(filled_catalog)
    assert (type(found), found.newer) == (SchemaOutdated, True)
    await write_directly(other, BACK)
    await hears_again(filled_catalog)


@pytest.mark.parametrize(("statement", "newer"), [(NEWER, True), (NEWER.replace("9999", "0002"), False)])
async def test_nothing_is_written_to_another_schema(
    filled_catalog: Catalog, other: Catalog, statement: str, newer: bool
) -> None:
    before = await filled_catalog.models.get("m")
    await write_directly(other, statement)
    with pytest.raises(SchemaOutdated) as caught:
        await filled_catalog.models.update("m", ModelUpdate(context_limit=7))
    assert caught.value.newer is newer
    assert await filled_catalog.models.get("m") == before
