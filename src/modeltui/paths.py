"""Where the user's catalog, key file and settings live, and where the screens' styles are."""

from __future__ import annotations

from pathlib import Path

APPLICATION = "modeltui"

_PACKAGE = Path(__file__).resolve().parent

# platformdirs is imported where it is used: `--version` and `--help` need no folder.


def data_dir() -> Path:
    """The user's folder for the default catalog and its key file. It may not exist yet."""
    from platformdirs import user_data_path

    return user_data_path(APPLICATION, appauthor=False)


def config_dir() -> Path:
    """The user's folder for config.toml. It may not exist yet."""
    from platformdirs import user_config_path

    return user_config_path(APPLICATION, appauthor=False)


def state_dir() -> Path:
    """The user's folder for what the program itself remembers. It may not exist yet."""
    from platformdirs import user_state_path

    return user_state_path(APPLICATION, appauthor=False)


def default_database_path() -> Path:
    """The SQLite file that is used, and made on first use, where no database is named."""
    return data_dir() / "catalog.db"


def default_key_file() -> Path:
    """The file that holds the secret key where neither a variable nor another file gives one."""
    return data_dir() / "secret.key"


def config_file() -> Path:
    """The user's settings file."""
    return config_dir() / "config.toml"


def theme_file() -> Path:
    """Where the theme that was chosen on the screens is kept."""
    return state_dir() / "theme"


def styles_dir() -> Path:
    """The folder of the .tcss files: inside an installed package, else at the top of a checkout."""
    folders = (_PACKAGE / "styles", _PACKAGE.parent.parent / "styles")
    for folder in folders:
        if folder.is_dir():
            return folder
    raise FileNotFoundError(f"the styles are missing at {folders[0]}; install modeltui again")
