"""The demo catalog: every state is in it, and nothing of it stays."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Mapping
from pathlib import Path

import pytest

from modeltui import Family, ModelState
from modeltui.domain.records import Rows
from modeltui.domain.rows import KeyState
from modeltui.paths import default_database_path
from modeltui.services.catalog import open_settled
from modeltui.services.demo import demo_place, fill
from modeltui.settings import Settings, load_settings, sqlite_path
from tests.support.processes import modeltui_argv
from tests.support.terminal import Terminal


def filled(settings: Settings, environ: Mapping[str, str]) -> Rows:
    async def work() -> Rows:
        async with open_settled(settings, create=True, environ=environ) as catalog:
            await fill(catalog)
            return await catalog.rows(include_deleted=True)

    return asyncio.run(work())


def test_every_state_is_there(tmp_path: Path) -> None:
    """Families, credentials, models in every state, lists of one to five lines, own ids, a default, a deleted one."""
    with demo_place() as (settings, environ):
        rows = filled(settings, environ)
        folder = sqlite_path(settings.database).parent  # type: ignore[union-attr]
        assert folder.stat().st_mode & 0o777 == 0o700
    providers = rows.providers
    live = [row for row in rows.models if row.deleted_at is None]
    assert {row.family for row in providers} == set(Family)
    assert len(providers) >= 12
    kinds = {(row.credential.kind.value if row.credential else None, row.key) for row in providers}
    assert kinds >= {
        ("stored", KeyState.READY),
        ("env", KeyState.READY),
        ("env", KeyState.MISSING),
        ("file", KeyState.READY),
        ("file", KeyState.MISSING),
        ("ambient", KeyState.READY),
        (None, KeyState.NONE),
    }
    assert not all(row.enabled for row in providers)
    assert any(row.alone_model_count for row in providers)
    assert len(live) >= 20
    assert {row.state for row in live} == set(ModelState)
    assert {len(row.provider_configs) for row in live} == {1, 2, 3, 4, 5}
    assert any(line.upstream_model for row in live for line in row.provider_configs)
    assert [row.name for row in live if row.is_default] == ["claude-sonnet-4-5"]
    assert [row.name for row in rows.models if row.deleted_at] == ["gpt-4-turbo"]
    assert not folder.exists()


def test_nothing_of_the_users_is_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither the database nor a key; only how to draw, and what the terminal is."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-mine")
    monkeypatch.setenv("MODELTUI_SECRET_KEY", "mine")
    monkeypatch.setenv("NO_COLOR", "1")
    mine = load_settings(
        {"database": f"sqlite:///{tmp_path}/mine.db", "theme": "light", "ascii": True, "label": "PROD"}
    )
    with demo_place(mine) as (settings, environ):
        filled(settings, environ)
        assert (settings.theme, settings.ascii, settings.label) == ("light", True, "DEMO")
        assert settings.database != mine.database
        assert {name for name in environ if name.endswith("_KEY")} == {
            "MODELTUI_SECRET_KEY",
            "DEMO_OPENAI_EU_KEY",
            "DEMO_ANTHROPIC_BACKUP_KEY",
            "DEMO_GEMINI_KEY",
            "DEMO_OPENROUTER_KEY",
        }
        assert environ["MODELTUI_SECRET_KEY"] != "mine"
        assert environ["NO_COLOR"] == "1"
    assert not (tmp_path / "mine.db").exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_nothing_behind(number: signal.Signals) -> None:
    """Hang-up and termination end the block as an exit does, and the old handlers come back."""
    before = signal.getsignal(number)
    folders: list[Path] = []

    def demo() -> None:
        with demo_place() as (settings, _):
            folders.append(sqlite_path(settings.database).parent)  # type: ignore[union-attr]
            assert folders[0].is_dir()
            os.kill(os.getpid(), number)

    with pytest.raises(SystemExit) as ended:
        demo()
    assert ended.value.code == 128 + number
    assert not folders[0].exists()
    assert signal.getsignal(number) is before


@pytest.mark.parametrize(("ending", "code"), [(b"q", 0), (signal.SIGHUP, 128 + signal.SIGHUP)])
def test_the_program_leaves_nothing_behind(tmp_path: Path, ending: bytes | signal.Signals, code: int) -> None:
    """Left by the key or by a hang-up, its folder is gone; the user's own catalog was never made."""
    with Terminal.start(modeltui_argv("demo"), env={"TMPDIR": str(tmp_path)}) as terminal:
        terminal.wait_for("* claude-sonnet-4-5")
        assert "DEMO" in terminal.lines()[0]
        assert list(tmp_path.glob("modeltui-demo-*"))
        if isinstance(ending, bytes):
            terminal.send(ending)
        else:
            terminal.signal(ending)
        assert terminal.wait_exit() == code
    assert not list(tmp_path.glob("modeltui-demo-*"))
    assert not default_database_path().exists()
