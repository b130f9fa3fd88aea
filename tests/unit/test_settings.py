"""Which setting wins, where it says that it came from, and what is refused."""

from __future__ import annotations

import os
import subprocess
import sys
import traceback
from collections.abc import Mapping
from pathlib import Path

import pytest

from modeltui import paths
from modeltui.errors import ValidationError
from modeltui.kept_theme import keep_theme
from modeltui.settings import Settings, load_settings, sqlite_path


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own, which is the current folder too."""
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def load(
    flags: Mapping[str, object] | None = None,
    environ: Mapping[str, str] | None = None,
    config: Path | None = None,
) -> Settings:
    return load_settings(flags, environ or {}, config)


def refused(
    flags: Mapping[str, object] | None = None,
    environ: Mapping[str, str] | None = None,
    config: Path | None = None,
) -> ValidationError:
    with pytest.raises(ValidationError) as caught:
        load(flags, environ, config)
    return caught.value


def source_of(settings: Settings, name: str) -> tuple[object, str]:
    return next((row.value, row.source) for row in settings.sources() if row.name == name)


def test_without_anything_all_is_default() -> None:
    settings = load()
    assert sqlite_path(settings.database) == paths.default_database_path()
    assert settings.database_is_default
    assert settings.secret_key_file is None
    assert (settings.read_only, settings.ascii, settings.no_mouse) == (False, False, False)
    assert (settings.theme, settings.label, settings.label_color, settings.log_file) == ("auto", None, None, None)
    assert (settings.catalog, settings.catalogs) == (None, ())
    assert [row.name for row in settings.sources()] == [
        "catalog",
        "database",
        "secret_key",
        "secret_key_file",
        "read_only",
        "theme",
        "ascii",
        "no_mouse",
        "label",
        "label_color",
        "log_file",
    ]
    assert {row.source for row in settings.sources()} == {"default"}
    assert source_of(settings, "secret_key_file") == (str(paths.default_key_file()), "default")
    assert source_of(settings, "secret_key") == ("not set", "default")


CASES = [
    ("database", "sqlite:///a.db", "sqlite+aiosqlite:///{home}/a.db"),
    ("secret_key_file", "keys/k", Path("{home}/keys/k")),
    ("theme", "ansi-dark", "ansi-dark"),
    ("label", " PROD ", "PROD"),
    ("label_color", "Red", "red"),
    ("log_file", "~/m.log", Path("{home}/m.log")),
]


def variable_of(name: str) -> str:
    return "MODELTUI_DATABASE_URL" if name == "database" else f"MODELTUI_{name.upper()}"


@pytest.mark.parametrize(("name", "given", "expected"), CASES)
def test_a_text_from_each_source(name: str, given: str, expected: str | Path, home: Path, config: Path) -> None:
    wanted = type(expected)(str(expected).replace("{home}", str(home)))
    config.write_text(f'{name} = "{given}"\n')
    flag = f"--{name.replace('_', '-')}"

    settings = load(config=config)
    assert (getattr(settings, name), source_of(settings, name)[1]) == (wanted, "file config.toml")
    settings = load(environ={variable_of(name): given})
    assert (getattr(settings, name), source_of(settings, name)[1]) == (wanted, f"variable {variable_of(name)}")
    settings = load(flags={name: given})
    assert (getattr(settings, name), source_of(settings, name)[1]) == (wanted, f"flag {flag}")


@pytest.mark.parametrize("name", ["read_only", "ascii", "no_mouse"])
def test_a_boolean_from_each_source(name: str, config: Path) -> None:
    config.write_text(f"{name} = true\n")
    variable = variable_of(name)
    for settings, source in [
        (load(config=config), "file config.toml"),
        (load(environ={variable: "1"}, config=config), f"variable {variable}"),
        (load(flags={name: True}, environ={variable: "0"}, config=config), f"flag --{name.replace('_', '-')}"),
    ]:
        assert getattr(settings, name) is True
        assert source_of(settings, name) == (True, source)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *((word, True) for word in ("1", "true", "YES", " on ")),
        *((word, False) for word in ("0", "False", "no", "OFF", "", "  ")),
    ],
)
def test_words_for_booleans(text: str, value: bool, config: Path) -> None:
    config.write_text(f"read_only = {str(not value).lower()}\n")
    settings = load(environ={"MODELTUI_READ_ONLY": text}, config=config)
    assert settings.read_only is value
    assert source_of(settings, "read_only") == (value, "variable MODELTUI_READ_ONLY")


@pytest.mark.parametrize("text", ["2", "maybe", "y", "truee"])
def test_other_words_are_refused(text: str) -> None:
    error = refused(environ={"MODELTUI_READ_ONLY": text})
    assert error.field == "read_only"
    assert "MODELTUI_READ_ONLY" in error.message


def test_flag_before_variable_before_file(config: Path) -> None:
    config.write_text('theme = "dark"\nlabel = "FILE"\nlog_file = "f.log"\n')
    environ = {"MODELTUI_THEME": "light", "MODELTUI_LABEL": "VARIABLE"}
    settings = load({"theme": "ansi-light"}, environ, config)
    assert source_of(settings, "theme") == ("ansi-light", "flag --theme")
    assert source_of(settings, "label") == ("VARIABLE", "variable MODELTUI_LABEL")
    assert source_of(settings, "log_file")[1] == "file config.toml"


def test_flags_that_are_none_or_false_were_not_given() -> None:
    settings = load({"theme": None, "read_only": False}, {"MODELTUI_READ_ONLY": "1", "MODELTUI_THEME": "dark"})
    assert settings.read_only
    assert settings.theme == "dark"


def test_an_empty_variable_was_not_given(config: Path) -> None:
    config.write_text('label = "FILE"\n')
    settings = load(environ={"MODELTUI_LABEL": " ", "MODELTUI_DATABASE_URL": ""}, config=config)
    assert settings.label == "FILE"
    assert settings.database_is_default


def test_a_value_that_is_overridden_is_not_looked_at(config: Path) -> None:
    config.write_text('theme = "neon"\n')
    assert load({"theme": "dark"}, {"MODELTUI_THEME": "pink"}, config).theme == "dark"


def test_an_unknown_flag_is_a_mistake_of_the_program() -> None:
    with pytest.raises(TypeError, match="colour"):
        load({"colour": "red"})


def test_the_process_environment_and_the_users_file_are_the_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    paths.config_dir().mkdir(parents=True)
    paths.config_file().write_text('label = "MINE"\n')
    monkeypatch.setenv("MODELTUI_THEME", "light")
    settings = load_settings()
    assert (settings.label, settings.theme) == ("MINE", "light")


def test_naming_the_default_database_leaves_it_the_default_one() -> None:
    settings = load({"database": f"sqlite:///{paths.default_database_path()}"})
    assert settings.database_is_default
    assert source_of(settings, "database")[1] == "flag --database"
    assert not load({"database": "sqlite:///other.db"}).database_is_default


def test_no_secret_in_any_repr_or_row(config: Path) -> None:
    config.write_text('database = "postgresql://u:hunter2@h/db"\n')
    settings = load(environ={"MODELTUI_SECRET_KEY": "c2VjcmV0"}, config=config)
    for shown in (repr(settings), str(settings), repr(settings.sources())):
        assert "hunter2" not in shown
        assert "c2VjcmV0" not in shown
    assert source_of(settings, "database") == ("postgresql://u:***@h/db", "file config.toml")
    assert source_of(settings, "secret_key") == ("set", "variable MODELTUI_SECRET_KEY")


def test_a_blank_secret_key_is_not_set_but_says_where() -> None:
    settings = load(environ={"MODELTUI_SECRET_KEY": " "})
    assert source_of(settings, "secret_key") == ("not set", "variable MODELTUI_SECRET_KEY")


def test_no_secret_in_a_traceback_with_local_variables() -> None:
    error = refused({"database": "postgresql://u:hunter2@x@h/db"}, {"MODELTUI_SECRET_KEY": "c2VjcmV0"})
    assert error.__traceback__ is not None
    # The first two frames are this module's own.
    told = traceback.TracebackException(
        type(error), error, error.__traceback__.tb_next and error.__traceback__.tb_next.tb_next, capture_locals=True
    )
    text = "".join(told.format())
    assert "hunter2" not in text
    assert "c2VjcmV0" not in text


# -- the other values


@pytest.mark.parametrize(
    ("name", "given", "words"),
    [
        ("database", "x.db", "flag --database: the database must be given as a URL"),
        ("database", "sqlite://", "in-memory"),
        ("theme", "neon", "auto, dark, light, ansi-dark, ansi-light"),
        ("label", "a\x1b[31m", "control"),
        ("label", "x" * 41, "at most 40"),
        ("label_color", "blurple", "one of: red"),
        ("label_color", "#123456", "one of: red"),
        ("log_file", "~nobody-of-this-name/x", "absolute path"),
        ("secret_key_file", "a\nb", "control"),
        ("theme", 5, "text"),
        ("theme", "  ", "not empty"),
        ("read_only", 5, "true or false"),
    ],
)
def test_values_that_are_refused(name: str, given: object, words: str) -> None:
    error = refused({name: given})
    assert error.field == name
    assert f"--{name.replace('_', '-')}" in error.message
    assert words in error.message


@pytest.mark.parametrize("color", ["red", "White", "MAGENTA"])
def test_label_colors(color: str) -> None:
    assert load({"label_color": color}).label_color == color.lower()


def test_a_path_may_be_given_as_such(home: Path) -> None:
    assert load({"log_file": home / "x.log"}).log_file == home / "x.log"


# -- the file


def test_no_file_is_no_error(config: Path) -> None:
    assert load(config=config).database_is_default


# -- catalogs that the file names

CATALOGS = """
label = "LOCAL"
label_color = "green"
log_file = "f.log"
[catalogs.prod]
database = "sqlite:////srv/prod.db"
label = "PROD"
label_color = "red"
read_only = true
secret_key_file = "/srv/prod.key"
[catalogs.staging]
database = "postgresql://me:hunter2@db1/staging"
"""


def test_catalogs_that_nobody_chose_change_nothing(config: Path) -> None:
    config.write_text(CATALOGS)
    settings = load(config=config)
    assert (settings.catalog, settings.label, settings.read_only) == (None, "LOCAL", False)
    assert settings.database_is_default
    assert [(item.name, item.database, item.label) for item in settings.catalogs] == [
        ("prod", "sqlite:////srv/prod.db", "PROD"),
        ("staging", "postgresql://me:***@db1/staging", "staging"),
    ]
    assert "hunter2" not in repr(settings)


@pytest.mark.parametrize(
    ("flags", "environ", "source"),
    [
        ({"catalog": "prod"}, {}, "flag --catalog"),
        ({}, {"MODELTUI_CATALOG": " prod "}, "variable MODELTUI_CATALOG"),
        ({"catalog": "prod"}, {"MODELTUI_CATALOG": "staging"}, "flag --catalog"),
        # What was asked for by name is what opens.
        ({"catalog": "prod"}, {"MODELTUI_DATABASE_URL": "sqlite:///x.db", "MODELTUI_LABEL": "X"}, "flag --catalog"),
    ],
)
def test_a_chosen_catalog(flags: dict[str, object], environ: dict[str, str], source: str, config: Path) -> None:
    config.write_text(CATALOGS)
    settings = load(flags, environ, config)
    assert source_of(settings, "catalog") == ("prod", source)
    assert sqlite_path(settings.database) == Path("/srv/prod.db")
    assert not settings.database_is_default
    assert (settings.label, settings.label_color, settings.read_only) == ("PROD", "red", True)
    assert settings.secret_key_file == Path("/srv/prod.key")
    for name in ("database", "label", "label_color", "read_only", "secret_key_file"):
        assert source_of(settings, name)[1] == "file config.toml [catalogs.prod]"
    assert source_of(settings, "log_file")[1] == "file config.toml"
    assert settings.read_only_reason == "config.toml [catalogs.prod] says so"


def test_a_flag_comes_before_the_chosen_catalog(config: Path) -> None:
    config.write_text(CATALOGS)
    settings = load({"catalog": "prod", "label": "MINE"}, {}, config)
    assert source_of(settings, "label") == ("MINE", "flag --label")


def test_other_variables_come_before_a_catalog_that_a_variable_chose(config: Path) -> None:
    config.write_text(CATALOGS)
    settings = load({}, {"MODELTUI_CATALOG": "prod", "MODELTUI_LABEL": "MINE", "MODELTUI_READ_ONLY": "0"}, config)
    assert (settings.catalog, settings.label, settings.read_only) == ("prod", "MINE", False)
    assert settings.read_only_reason is None


def test_a_catalog_without_a_label_is_called_by_its_name(config: Path) -> None:
    """Never by the label of the file's own database."""
    config.write_text(CATALOGS)
    settings = load({"catalog": "staging"}, {}, config)
    assert (settings.label, settings.label_color) == ("staging", "green")
    assert source_of(settings, "database")[0] == "postgresql://me:***@db1/staging"


@pytest.mark.parametrize(
    ("flags", "environ", "what"),
    [
        ({"database": "sqlite:///x.db"}, {}, "--database"),
        ({}, {"MODELTUI_DATABASE_URL": "sqlite:///x.db"}, "MODELTUI_DATABASE_URL"),
    ],
)
def test_a_database_given_sets_aside_the_catalog_of_a_variable(
    flags: dict[str, object], environ: dict[str, str], what: str, config: Path
) -> None:
    """All of it: its label, key and read-only belong to its own database."""
    config.write_text(CATALOGS)
    settings = load(flags, environ | {"MODELTUI_CATALOG": "prod"}, config)
    assert (settings.catalog, settings.label, settings.read_only) == (None, "LOCAL", False)
    assert source_of(settings, "catalog") == (None, f"variable MODELTUI_CATALOG, but {what} says another one")


def test_a_database_and_a_catalog_are_not_given_together(config: Path) -> None:
    config.write_text(CATALOGS)
    error = refused({"catalog": "prod", "database": "sqlite:///x.db"}, {}, config)
    assert (error.field, "give one of them" in error.message) == ("catalog", True)


def test_an_unknown_catalog_names_those_there_are(config: Path) -> None:
    config.write_text(CATALOGS)
    error = refused({"catalog": "prd"}, {}, config)
    assert error.field == "catalog"
    assert error.message == f"flag --catalog: {config} names no catalog prd; it names prod, staging"
    config.write_text("")
    assert refused({}, {"MODELTUI_CATALOG": "prod"}, config).message.endswith("names no catalog prod; it names none")


@pytest.mark.parametrize(
    ("content", "field", "words"),
    [
        ('catalogs = "prod"', "catalogs", "such as [catalogs.prod]"),
        ("[catalogs]\nprod = 1", "catalogs", "such as [catalogs.prod]"),
        ('[catalogs.prod]\ntheme = "dark"', "theme", "[catalogs.prod]"),
        ('[catalogs.prod]\nsecret_key = "c2VjcmV0"', "secret_key", "MODELTUI_SECRET_KEY"),
    ],
)
def test_tables_of_catalogs_that_are_refused(content: str, field: str, words: str, config: Path) -> None:
    config.write_text(content)
    error = refused(config=config)
    assert (error.field, words in error.message) == (field, True)
    assert "c2VjcmV0" not in error.message


@pytest.mark.parametrize(
    ("content", "field", "words"),
    [
        ('label = "X"', "catalog", "names no database"),
        ('database = "x.db"', "database", "database in [catalogs.prod] of"),
        ("database = 5", "database", "text"),
        ('database = "sqlite:///x.db"\nlabel_color = "blurple"', "label_color", "[catalogs.prod]"),
    ],
)
def test_only_a_catalog_that_is_chosen_must_be_right(content: str, field: str, words: str, config: Path) -> None:
    config.write_text(f"[catalogs.prod]\n{content}\n")
    assert [item.name for item in load(config=config).catalogs] == ["prod"]
    error = refused({"catalog": "prod"}, {}, config)
    assert (error.field, words in error.message) == (field, True)


# -- the theme that was chosen on the screens


def test_a_kept_theme_comes_behind_flags_and_variables_and_before_the_file(config: Path) -> None:
    config.write_text('theme = "light"\n')
    keep_theme(paths.theme_file(), "ansi-light")
    assert source_of(load(config=config), "theme") == ("ansi-light", "chosen on the screens")
    assert load(environ={"MODELTUI_THEME": "dark"}, config=config).theme == "dark"
    assert load({"theme": "dark"}, {}, config).theme == "dark"


@pytest.mark.parametrize("content", [b"", b"neon\n", b"\xff", b"dark " * 10_000])
def test_a_kept_theme_that_is_none_is_no_error(content: bytes, config: Path) -> None:
    paths.state_dir().mkdir(parents=True, exist_ok=True)
    paths.theme_file().write_bytes(content)
    assert source_of(load(config=config), "theme") == ("auto", "default")


def test_whatever_stands_in_place_of_the_kept_theme_keeps_nobody_waiting(config: Path) -> None:
    paths.state_dir().mkdir(parents=True, exist_ok=True)
    os.mkfifo(paths.theme_file())
    assert load(config=config).theme == "auto"
    keep_theme(paths.theme_file(), "dark")
    assert load(config=config).theme == "dark"
    assert [path.name for path in paths.state_dir().iterdir()] == ["theme"]


# -- more of the file


@pytest.mark.parametrize(
    ("content", "field", "words"),
    [
        ("theme = \n", "config", "not valid TOML"),
        ("colour = 1\n", "colour", "unknown setting colour"),
        ("read-only = true\n", "read-only", "read_only"),
        ("[theme]\nx = 1\n", "theme", "text"),
        ("theme = 1\n", "theme", "text"),
        ('read_only = "maybe"\n', "read_only", "true or false"),
        ("read_only = 1\n", "read_only", "true or false"),
        ("database = 'x.db'\n", "database", "URL"),
        ("database = true\n", "database", "text"),
    ],
)
def test_files_that_are_refused(content: str, field: str, words: str, config: Path) -> None:
    config.write_text(content)
    error = refused(config=config)
    assert error.field == field
    assert str(config) in error.message
    assert words in error.message


def test_a_secret_key_in_the_file_is_refused_unseen(config: Path) -> None:
    config.write_text('secret_key = "c2VjcmV0"\n')
    error = refused(config=config)
    assert error.field == "secret_key"
    assert "MODELTUI_SECRET_KEY" in error.message
    assert "c2VjcmV0" not in error.message


def test_a_file_that_is_not_utf8(config: Path) -> None:
    config.write_bytes(b'label = "\xff"\n')
    assert "UTF-8" in refused(config=config).message


def test_a_folder_in_its_place(config: Path) -> None:
    config.mkdir()
    error = refused(config=config)
    assert (error.field, "not a regular file" in error.message) == ("config", True)


def test_a_fifo_in_its_place_keeps_nobody_waiting(config: Path) -> None:
    os.mkfifo(config)
    assert "not a regular file" in refused(config=config).message


def test_a_file_that_may_not_be_read(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(path: Path, encoding: str) -> str:
        raise PermissionError(13, "Permission denied")

    config.touch()
    # Tests may run as root, whom no mode stops.
    monkeypatch.setattr(Path, "read_text", denied)
    error = refused(config=config)
    assert error.field == "config"
    assert "Permission denied" in error.message
    assert str(config) in error.message


def test_settings_need_no_heavy_module() -> None:
    program = (
        "import sys; from modeltui.settings import load_settings; load_settings({}, {});"
        "print([name for name in ('pydantic', 'sqlalchemy', 'textual', 'typer', 'cryptography', 'tomllib')"
        " if name in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"
