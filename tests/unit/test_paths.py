"""Where files are looked for, and how times are shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from modeltui import clock, paths


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "user"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    return folder


def test_everything_lies_in_the_users_own_folders(home: Path) -> None:
    assert paths.data_dir().is_relative_to(home)
    assert paths.data_dir().name == "modeltui"
    assert paths.default_database_path() == paths.data_dir() / "catalog.db"
    assert paths.default_key_file() == paths.data_dir() / "secret.key"
    assert paths.config_dir().is_relative_to(home)
    assert paths.config_file() == paths.config_dir() / "config.toml"


def test_asking_for_a_folder_makes_none(home: Path) -> None:
    paths.default_database_path()
    paths.default_key_file()
    paths.config_file()
    assert list(home.iterdir()) == []


def test_a_packaged_styles_folder_comes_before_the_checkouts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "src" / "modeltui"
    package.mkdir(parents=True)
    monkeypatch.setattr(paths, "_PACKAGE", package)
    with pytest.raises(FileNotFoundError, match="install modeltui again"):
        paths.styles_dir()

    (tmp_path / "styles").mkdir()
    assert paths.styles_dir() == tmp_path / "styles"

    (package / "styles").mkdir()
    assert paths.styles_dir() == package / "styles"


def test_the_clock_is_in_utc() -> None:
    assert clock.utc_now().tzinfo is UTC


def test_times_are_shown_local_with_their_offset() -> None:
    moment = datetime(2026, 3, 1, 2, 4, 5, 678, tzinfo=UTC)
    assert clock.local_text(moment, timezone(timedelta(hours=5, minutes=30))) == "2026-03-01 07:34:05+05:30"
    assert clock.local(moment) == moment
    assert clock.local(moment).tzinfo is not None


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2026, 3, 1, 2, 4, 5, 678, tzinfo=UTC), "2026-03-01T02:04:05.000678Z"),
        (datetime(2026, 3, 1, 2, 4, 5, tzinfo=timezone(timedelta(hours=2))), "2026-03-01T00:04:05.000000Z"),
    ],
)
def test_times_for_programs_are_utc(moment: datetime, text: str) -> None:
    assert clock.utc_text(moment) == text


def test_a_time_without_zone_is_refused() -> None:
    naive = datetime(2026, 3, 1)
    with pytest.raises(ValueError, match="without a zone"):
        clock.local_text(naive)
