"""Stands between a PostgreSQL server and its clients, and fails as networks and poolers do when a test says so."""

from __future__ import annotations

import asyncio
from enum import Enum
from pathlib import Path
from tempfile import TemporaryDirectory

SOCKET = ".s.PGSQL.5432"
_HEADER = 5
_NOTIFICATION = b"A"
_PROCESS_AND_KEY = b"K"
_ANOTHER_PROCESS = (1).to_bytes(4, "big")


class Pooling(Enum):
    """What stands between. A pooler gives clients numbers of processes and keys of its own."""

    NONE = "none"
    SESSION = "session"
    TRANSACTION = "transaction"
    """A connection of the server's is a client's for a transaction; what other sessions notify it of reaches nobody."""


class Relay:
    """A socket in a folder of its own, which leads to the server's."""

    def __init__(self, server: Path) -> None:
        self._server = server / SOCKET
        # Not in pytest's folders, whose paths are too long for a socket.
        self._folder = TemporaryDirectory(prefix="modeltui-relay-")
        self.folder = Path(self._folder.name)
        self._passing = asyncio.Event()
        self._passing.set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._listening: asyncio.Server | None = None
        self.accepting = asyncio.Event()
        """While it is not set, new connections get no answer, as from a server that is slow to accept."""
        self.accepting.set()
        self.pooling = Pooling.NONE

    async def start(self) -> None:
        """Take connections."""
        self._listening = await asyncio.start_unix_server(self._serve, self.folder / SOCKET)

    def be_silent(self) -> None:
        """Pass nothing on any more, and end nothing either."""
        self._passing.clear()

    def speak_again(self) -> None:
        """Pass on what has been held back, and all that follows."""
        self._passing.set()

    async def close(self) -> None:
        """End every connection."""
        assert self._listening is not None
        self._listening.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._folder.cleanup()

    async def _serve(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        to_server: asyncio.StreamWriter | None = None
        try:
            await self.accepting.wait()
            server, to_server = await asyncio.open_unix_connection(self._server)
            answers = self._bytes if self.pooling is Pooling.NONE else self._messages
            passing = [
                asyncio.ensure_future(self._bytes(client, to_server)),
                asyncio.ensure_future(answers(server, to_client)),
            ]
            try:
                await asyncio.wait(passing, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for one in passing:
                    one.cancel()
                await asyncio.gather(*passing, return_exceptions=True)
        except OSError:
            # The server is away.
            pass
        except asyncio.CancelledError:
            # The end: nobody waits for this task but `close`.
            pass
        finally:
            for writer in (to_client, to_server):
                if writer is not None:
                    writer.transport.abort()
            self._tasks.discard(task)

    async def _bytes(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            await self._pass_on(data, writer)

    async def _messages(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """The server's messages: a letter, the length of what follows with itself, the rest."""
        process = b""
        while True:
            try:
                header = await reader.readexactly(_HEADER)
                rest = await reader.readexactly(int.from_bytes(header[1:], "big") - len(header[1:]))
            except asyncio.IncompleteReadError:
                return
            kind = header[:1]
            if kind == _PROCESS_AND_KEY:
                process, rest = rest[:4], _ANOTHER_PROCESS + rest[4:]
            if kind != _NOTIFICATION or rest[:4] == process or self.pooling is Pooling.SESSION:
                await self._pass_on(header + rest, writer)

    async def _pass_on(self, data: bytes, writer: asyncio.StreamWriter) -> None:
        await self._passing.wait()
        writer.write(data)
        await writer.drain()
