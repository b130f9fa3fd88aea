"""Keys, key files and API keys to try, and the proof that an error gives none of them away."""

from __future__ import annotations

import base64
import os
import traceback
from pathlib import Path
from uuid import UUID

from modeltui.services.secrets import SecretKey

MATERIAL = bytes(range(32))
SPELLED = base64.b64encode(MATERIAL).decode("ascii")
KEY = SecretKey(MATERIAL)
OTHER = SecretKey(bytes(32))
OTHER_SPELLED = base64.b64encode(bytes(32)).decode("ascii")
PROVIDER = UUID(int=1)
NEIGHBOUR = UUID(int=2)
API_KEY = "sk-very-secret-0123456789"


def write_key(path: Path, content: str | bytes = SPELLED + "\n", mode: int = 0o600) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    path.chmod(mode)
    return path


def told(error: BaseException) -> str:
    """All that a crash report with local variables would print, the test's own frames aside."""
    frame = error.__traceback__
    while frame is not None and frame.tb_frame.f_globals["__name__"].startswith("tests."):
        frame = frame.tb_next
    report = traceback.TracebackException(type(error), error, frame, capture_locals=True)
    return "".join(report.format()) + repr(error) + str(error)


def assert_hides(error: BaseException, *secrets: str) -> None:
    text = told(error)
    for secret in secrets:
        assert secret not in text
        assert repr(secret.encode()) not in text
    assert repr(MATERIAL) not in text
    assert SPELLED not in text


def make_folder(path: Path) -> None:
    path.mkdir(mode=0o700)


def make_fifo(path: Path) -> None:
    os.mkfifo(path, 0o600)


def link_to_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def make_large(path: Path) -> None:
    write_key(path, SPELLED + " " * 2000)


def link_to_nowhere(path: Path) -> None:
    path.symlink_to("nowhere")


def link_to_itself(path: Path) -> None:
    path.symlink_to(path)
