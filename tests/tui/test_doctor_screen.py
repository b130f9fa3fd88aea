"""Doctor: causes, what they hold for, and one spare for all of them."""

from __future__ import annotations

import pytest

from modeltui import Ambient, Family, ModelUpdate, ProviderCreate, ProviderUpdate, StoredKey
from modeltui.tui.screens import doctor
from tests.services.builders import add_model, add_provider, add_providers, execute, order, switch
from tests.services.stores import SqliteStore
from tests.support.snapshots import Snap
from tests.support.wait import screen_lines
from tests.tui.driver import NARROW, WIDE, Room, open_room
from tests.tui.test_hostile_text import WALKED, check, shown

BY_SIZE = pytest.mark.parametrize("size", [WIDE, NARROW], ids=["120x40", "80x24"])

CAUSES = [
    "> ✗ error dark 1 model",
    "! warning alone 3 models",
    "! warning first line unusable 2 models",
    "! warning variable or file missing here 1 provider",
]
ALONE = [
    "> claude-sonnet-4-5 ✓ on only anthropic-main",
    "gpt-5-mini ! fallback only openai-us",
    "qwen3-coder ✓ on only vllm-rack2",
]


async def go_to_doctor(room: Room) -> None:
    """Go from another view to Doctor."""
    await room.press("3")
    await room.wait_for_place("Doctor")


async def go_to_cause(room: Room, title: str) -> None:
    """Put the cursor on a cause, by keys."""
    await room.press("g")
    for _ in room.rows:
        if f" {title} " in f" {room.cursor} ":
            return
        await room.press("down")
    pytest.fail(f"no cause {title}\n{room.text}")


async def pick_spare(room: Room, cause: str, provider: str) -> None:
    """Press b on a cause and pick a provider, up to the question."""
    await go_to_cause(room, cause)
    await room.press("b")
    await room.wait_for_place("one spare for ")
    await room.go_to_row(provider)
    await room.press("enter")
    await room.wait_until(lambda: room.question or room.flash, "a question or an answer")


# What is shown


@BY_SIZE
async def test_causes_with_the_worst_first(store: SqliteStore, snap: Snap, size: tuple[int, int]) -> None:
    async with open_room(store, size=size) as room:
        await go_to_doctor(room)
        assert room.place == "Doctor 1 error 3 warnings"
        assert room.rows == CAUSES
        await room.press("down")
        assert room.pane[0].strip("─ ") == "alone"
        assert " ".join(room.pane[1:]) == (
            "means Only one line can be used: when it fails, all is dark."
            " do Attach a spare, or make another line usable."
            " cure b attaches one spare at the bottom of the lists of one family:"
            " 1 anthropic, 1 openai, 1 openai-compat"
            " names claude-sonnet-4-5, gpt-5-mini, qwen3-coder"
        )
        await snap(room.pilot)


@BY_SIZE
async def test_enter_shows_the_models_of_a_cause(store: SqliteStore, snap: Snap, size: tuple[int, int]) -> None:
    async with open_room(store, size=size) as room:
        await go_to_doctor(room)
        await go_to_cause(room, "alone")
        await room.press("enter")
        assert room.place == "Doctor / alone 3 models ! warning"
        assert room.rows == ALONE
        await room.press("down")
        assert "gpt-5-mini openai" in room.pane[0]
        await snap(room.pilot)
        await room.press("q")
        assert room.cursor == CAUSES[1]
        assert room.place.startswith("Doctor 1 error")


async def test_enter_on_a_model_opens_its_lines_and_comes_back_to_it(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room:
        await go_to_doctor(room)
        await go_to_cause(room, "alone")
        await room.press("enter", "down", "enter")
        await room.wait_for_place("Models / gpt-5-mini / lines")
        await room.press("q")
        await room.wait_for_place("Doctor / alone")
        assert room.cursor == ALONE[1]


async def test_enter_on_a_provider_goes_to_it(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room:
        await go_to_doctor(room)
        await go_to_cause(room, "variable or file missing here")
        await room.press("enter")
        assert room.place == "Doctor / variable or file missing here 1 provider ! warning"
        assert room.rows == ["> openai-batch ✓ on 2 $BATCH_KEY unset"]
        assert room.pane[0].startswith("── openai-batch")
        await room.press("enter")
        await room.wait_for_place("Providers 7")
        assert room.cursor.startswith("openai-batch ")


async def test_no_default_has_nothing_to_go_into(store: SqliteStore) -> None:
    async with store.open() as other:
        await other.models.set_default(None)
    async with open_room(store, size=NARROW) as room:
        await go_to_doctor(room)
        await go_to_cause(room, "no default model")
        assert room.cursor == "! warning no default model"
        await room.press("enter")
        assert room.flash == "no default model: press 1 for Models, then * on the one that is to be it"
        assert room.place.startswith("Doctor 1 error")


async def test_nothing_to_worry_about(bare: SqliteStore, snap: Snap) -> None:
    async with bare.open() as other:
        for name in ("rack1", "rack2"):
            base_url = f"http://{name}.example/v1"
            await add_provider(other, name, family=Family.OPENAI_COMPAT, credential=Ambient(), base_url=base_url)
        await add_model(other, "llama", "rack1", "rack2")
    async with open_room(bare, size=NARROW) as room:
        await go_to_doctor(room)
        assert room.place == "Doctor"
        assert room.empty == [
            "Nothing to worry about.",
            "Looked at 1 model and 2 providers:",
            "models those on: first line usable, with a true spare",
            "default there, and on",
            "keys all readable here",
            "providers all in use",
        ]
        await room.press("b")
        assert room.flash == "there is nothing here that a spare would cure"
        await room.press("enter", "escape")
        assert room.flash == "nothing to go back from; q quits"
        await snap(room.pilot)


async def test_an_empty_catalog(bare: SqliteStore) -> None:
    async with open_room(bare, size=NARROW) as room:
        await go_to_doctor(room)
        assert room.rows == ["> - info no default model"]
        assert "There are no models yet" in " ".join(room.pane)


# Going about


async def test_it_keeps_its_place_while_away(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room:
        await go_to_doctor(room)
        await go_to_cause(room, "alone")
        await room.press("enter", "down")
        await room.press("1")
        await room.wait_for_place("Models 7")
        await room.press("3")
        await room.wait_for_place("Doctor / alone")
        assert room.cursor == ALONE[1]
        await room.press("2")
        await room.wait_for_place("Providers 7")
        await room.press("3")
        await room.wait_for_place("Doctor / alone")
        await room.press("escape", "escape")
        assert room.flash == "nothing to go back from; q quits"
        await room.press("q")
        assert await room.wait_for_end() == 0


async def test_copy_takes_the_row_or_all_of_a_cause(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room:
        await go_to_doctor(room)
        await go_to_cause(room, "alone")
        assert [row.name for row in room.screen.copyable()] == ["claude-sonnet-4-5", "gpt-5-mini", "qwen3-coder"]
        await room.press("enter", "down")
        assert [row.name for row in room.screen.copyable()] == ["gpt-5-mini"]
        await room.press("y")
        await room.wait_until(lambda: room.question, "the question what to copy")


async def test_help_begins_with_its_keys(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room:
        await go_to_doctor(room)
        await room.press("question_mark")
        await room.wait_for_place("Help")
        await room.wait_for("attach one spare to all models of the cause; asks")
        await room.press("q")
        await room.wait_for_place("Doctor 1 error")


async def test_it_follows_what_is_read_again_with_the_cursor_on_its_cause(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await go_to_doctor(room)
        await go_to_cause(room, "first line unusable")
        await switch(other, "openai-us", on=False)
        await room.press("r")
        await room.wait_for_flash("read again; this is what the catalog holds now")
        assert room.rows == [
            "✗ error dark 2 models",
            "! warning alone 4 models",
            "> ! warning first line unusable 2 models",
            "! warning variable or file missing here 1 provider",
        ]


async def test_a_cause_that_is_gone_is_left(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await go_to_doctor(room)
        await room.press("enter")
        assert room.place.startswith("Doctor / dark")
        await other.models.update("deepseek-v3", ModelUpdate(enabled=False))
        await room.press("r")
        await room.wait_for_place("Doctor 3 warnings")
        assert room.cursor == CAUSES[1]


async def test_it_looks_only_while_it_is_seen(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[object] = []

    def counting(rows: object) -> object:
        looked.append(rows)
        return examine(rows)  # type: ignore[arg-type]

    examine = doctor.examine
    monkeypatch.setattr(doctor, "examine", counting)
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        assert looked == []
        await go_to_doctor(room)
        await room.press("down", "enter", "q", "1")
        await room.wait_for_place("Models 7")
        assert len(looked) == 1
        await other.models.update("deepseek-v3", ModelUpdate(enabled=False))
        await room.press("r")
        await room.wait_for_flash("read again; this is what the catalog holds now")
        assert len(looked) == 1
        await room.press("3")
        await room.wait_for_place("Doctor 3 warnings")
        assert len(looked) == 2


# One spare for all


async def test_a_spare_for_one_family_of_a_cause(store: SqliteStore, snap: Snap) -> None:
    """It says whom it joins, whom not, and what is cured; then it looks again, with the cursor on the same cause."""
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await go_to_doctor(room)
        await pick_spare(room, "alone", "openai-apac")
        await room.asked("Attach openai-apac to 1 model, at the bottom?")
        assert room.question[1:] == [
            "cures 1 of 1 no longer alone",
            "left out 2 models of other families; b again for those",
            "stay 1 model where they are",
        ]
        assert "[> Cancel ] [ y attach it ]" in room.words
        await snap(room.pilot)
        await room.press("y")
        await room.wait_for_flash("openai-apac is now the last line of 1 model, 1 of them no longer alone")
        assert room.cursor == "! warning alone 2 models"
        row = await other.models.get("gpt-5-mini")
        assert order(row) == ["openai-eu", "openai-us", "openai-batch", "openai-apac"]
        assert row.updated_by == "alice"
        assert (await other.models.get("gpt-5")).version == 1


async def test_a_spare_for_several_models_is_one_change(store: SqliteStore) -> None:
    async with store.open() as other:
        await add_provider(other, "openai-proj7", base_url="https://proj7.example/v1")
        await add_model(other, "o3", "openai-us")
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await go_to_doctor(room)
        await go_to_cause(room, "alone")
        await room.press("enter")
        await room.press("b")
        await room.wait_for_place("one spare for 4 models: alone")
        assert room.rows[0].split()[1:5] == ["openai-apac", "openai", "none", "✓"]
        await room.go_to_row("openai-proj7")
        await room.press("enter")
        await room.asked("Attach openai-proj7 to 2 models, at the bottom?")
        await room.press("y")
        await room.wait_for_flash("openai-proj7 is now the last line of 2 models, 2 of them no longer alone")
        assert room.names == ["claude-sonnet-4-5", "qwen3-coder"]
        assert order(await other.models.get("o3")) == ["openai-us", "openai-proj7"]


async def test_a_spare_that_brings_a_dark_model_back(store: SqliteStore) -> None:
    """The cause is cured, so that the cursor goes to the next one."""
    async with open_room(store, size=NARROW) as room:
        await go_to_doctor(room)
        await pick_spare(room, "dark", "vllm-rack2")
        await room.asked("Attach vllm-rack2 to 1 model, at the bottom?")
        assert room.question[1:] == [
            "cures 1 of 1 no longer dark",
            "come back 1 model to vllm-rack2: deepseek-v3",
        ]
        await room.press("y")
        await room.wait_for_place("Doctor 3 warnings")
        assert room.cursor == "! warning alone 4 models"


async def test_cancel_writes_nothing(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await go_to_doctor(room)
        await pick_spare(room, "dark", "vllm-rack2")
        await room.asked("Attach vllm-rack2 to 1 model, at the bottom?")
        await room.press("enter")
        await room.wait_until(lambda: not room.question, "the question gone")
        assert room.rows == CAUSES
        await room.press("b")
        await room.wait_for_place("one spare for 1 model: dark")
        await room.press("escape")
        await room.wait_for_place("Doctor 1 error")
        assert (await other.models.get("deepseek-v3")).version == 1


async def test_a_spare_that_is_none_says_so(store: SqliteStore) -> None:
    """One that can't be used, and one that would fail together with the others."""
    async with store.open() as other:
        await other.providers.create(
            ProviderCreate(
                family=Family.OPENAI_COMPAT,
                name="rack2-b",
                credential=StoredKey("k"),
                base_url="http://rack2.example:9/v1",
            )
        )
        await add_model(other, "phi", "vllm-rack2")
    async with open_room(store, size=NARROW) as room:
        await go_to_doctor(room)
        await pick_spare(room, "alone", "groq")
        await room.asked("Attach groq to 2 models, at the bottom?")
        assert room.question[1:3] == ["cures 0 of 2 no longer alone", "can't be used now: ✓ on, ✗ none"]
        await room.press("escape")
        await room.wait_until(lambda: not room.question, "the question gone")
        await pick_spare(room, "alone", "rack2-b")
        await room.asked("Attach rack2-b to 2 models, at the bottom?")
        assert "false for 2 models: it would fail with the other lines" in room.question


async def test_what_changed_meanwhile_is_shown_before_anything_is_written(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await go_to_doctor(room)
        await pick_spare(room, "dark", "vllm-rack2")
        await room.asked("Attach vllm-rack2 to 1 model, at the bottom?")
        await other.models.attach("deepseek-v3", "vllm-rack2")
        await room.press("y")
        await room.wait_for_flash(
            "ERROR deepseek-v3: vllm-rack2 is already in the list; a provider can stand in it once"
        )
        assert room.cursor == "! warning alone 4 models"
        assert order(await other.models.get("deepseek-v3")) == ["groq", "vllm-rack2"]


async def test_an_impact_that_became_another_is_asked_about_again(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room, store.open(actor="bob") as other:
        await go_to_doctor(room)
        await pick_spare(room, "dark", "vllm-rack2")
        await room.asked("Attach vllm-rack2 to 1 model, at the bottom?")
        await other.providers.update("vllm-rack2", ProviderUpdate(enabled=False))
        await room.press("y")
        await room.wait_for_flash("ERROR what this would do has changed meanwhile; look again")
        await room.asked("Attach vllm-rack2 to 1 model, at the bottom?")
        assert room.question[1] == "cures 0 of 1 no longer dark"
        await room.press("q")
        assert order(await other.models.get("deepseek-v3")) == ["groq"]


async def test_causes_that_no_spare_cures(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW) as room:
        await go_to_doctor(room)
        await go_to_cause(room, "variable or file missing here")
        await room.press("b")
        assert room.flash == (
            "no spare cures this: variable or file missing here. Set it where this runs; another host may well have it."
        )


async def test_no_provider_left_to_attach(bare: SqliteStore) -> None:
    async with bare.open() as other:
        await add_providers(other, "a")
        await add_model(other, "m", "a")
    async with open_room(bare, size=NARROW) as room:
        await go_to_doctor(room)
        assert room.cursor == "! warning alone 1 model"
        await room.press("b")
        await room.wait_for_flash("every provider of family openai is attached already; press 2, then n to add one")


async def test_read_only_shows_and_refuses(store: SqliteStore) -> None:
    async with open_room(store, size=NARROW, read_only=True) as room:
        await go_to_doctor(room)
        assert room.rows == CAUSES
        await room.press("b")
        assert room.flash.startswith("ERROR spare is refused, the catalog is read-only: ")
        await room.press("enter")
        assert room.place.startswith("Doctor / dark")


# Sizes and hostile text


async def test_small(store: SqliteStore, snap: Snap) -> None:
    async with open_room(store, size=(60, 15)) as room:
        await go_to_doctor(room)
        assert room.rows == CAUSES
        await snap(room.pilot)
        await go_to_cause(room, "first line unusable")
        await room.press("enter")
        assert room.names == ["gpt-5", "gpt-5-mini"]
        assert room.cursor.startswith("gpt-5 ! fallback openai-eu: provider")


@pytest.mark.parametrize("name", WALKED.values(), ids=WALKED)
async def test_hostile_names(bare: SqliteStore, name: str) -> None:
    async with bare.open() as other:
        await add_providers(other, "first", "second")
        await add_model(other, "model", "first")
        await execute(
            other,
            "UPDATE provider_config SET name = :name, name_key = :name, base_url = :name, credential_reference = :name"
            " WHERE name = 'first'",
            name=name,
        )
        await execute(other, "UPDATE model_config SET name = :name, name_key = :name", name=name)
    async with open_room(bare, size=NARROW) as room:
        await go_to_doctor(room)
        check(room)
        for cause in ("dark", "variable or file missing here"):
            await go_to_cause(room, cause)
            check(room)
            await room.press("enter")
            assert any(shown(name) in line for line in screen_lines(room.app))
            check(room)
            await room.press("q")
        await pick_spare(room, "dark", "second")
        check(room)
        await room.press("y")
        await room.wait_for_place("Doctor")
        check(room)


async def test_alone_means_the_same_to_doctor_to_filters_and_to_the_counts(store: SqliteStore) -> None:
    """Live, on, with a winner and no spare: what is off or dark has nothing to lose."""
    async with store.open() as catalog:
        by_name = {row.name: row for row in await catalog.providers.list()}
        alone = next(each for each in await catalog.doctor() if each.cause == "alone")
    async with open_room(store) as room:
        await room.press("slash")
        await room.type("is:alone")
        assert sorted(room.names) == sorted(finding.name for finding in alone.models)
        assert sorted(room.names) == ["claude-sonnet-4-5", "gpt-5-mini", "qwen3-coder"]
    assert {name: row.alone_model_count for name, row in by_name.items() if row.alone_model_count} == {
        "anthropic-main": 1,
        "openai-us": 1,
        "vllm-rack2": 1,
    }
