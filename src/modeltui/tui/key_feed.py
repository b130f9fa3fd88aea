"""Keys one after the other: each acts on what the one before has left, however fast they arrive."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress

from textual import events
from textual.message import Message
from textual.message_pump import MessagePump

# Only for a key whose way is cut off because what it was sent to has just been closed.
LOST_SECONDS = 0.25
HELD_SECONDS = 0.005
# The frame that a key leads to goes before what only follows the key.
FRAME_SECONDS = 0.004


class KeyPassed(Message):
    """Follows a key along its way through the widgets; when it arrives at the application, the key was handled.

    It goes there twice, so that it also follows what a widget told its screen because of the key.
    """

    def __init__(self, target: MessagePump, *, again: bool = True) -> None:
        super().__init__()
        self._target, self._again = target, again

    def go_again(self) -> bool:
        """Whether the way begins a second time."""
        return self._again and self._target.post_message(KeyPassed(self._target, again=False))


class KeyFeed:
    """The keys that wait for their turn.

    Textual sends a widget all keys that have arrived before the first of them acts. After one that begins a
    piece of work, such as a write or a prompt, the next would act on what is about to change.
    """

    def __init__(self, deliver: Callable[[events.Key], object], held: Callable[[], bool]) -> None:
        self._deliver = deliver
        self._held = held
        self._waiting: deque[events.Key] = deque()
        self._arrived = asyncio.Event()
        self._passed = asyncio.Event()
        self._under_way = False
        self._follow: Callable[[], object] | None = None

    @property
    def idle(self) -> bool:
        """Whether no key waits or is under way."""
        return not self._waiting and not self._under_way

    def add(self, key: events.Key) -> bool:
        """Whether the key may go at once, as nearly all do; else it is put behind those that wait."""
        at_once = self.idle and not self._held()
        if at_once:
            self._sent()
        else:
            self._waiting.append(key)
            self._follow_now()
        self._arrived.set()
        return at_once

    def follow(self, send: Callable[[], object]) -> None:
        """Sends something along the way of the key that was just delivered: at once if another one waits for it."""
        self._follow = send
        if self._waiting:
            self._follow_now()
        else:
            asyncio.get_running_loop().call_later(FRAME_SECONDS, self._follow_now)

    def _follow_now(self) -> None:
        send, self._follow = self._follow, None
        if send is not None:
            send()

    def drop(self) -> None:
        """Forgets the keys that wait: they were typed before what they would answer was on screen."""
        self._waiting.clear()

    def passed(self) -> None:
        """The key that was delivered has been handled."""
        self._passed.set()

    async def run(self) -> None:
        """Delivers keys for ever; while work is under way that may change what they mean, they wait."""
        while True:
            await self._arrived.wait()
            if self._under_way:
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOST_SECONDS):
                        await self._passed.wait()
                self._under_way = False
            # Whether keys are held depends on the screen on top and on its work: too much to be told of.
            while self._waiting and self._held():  # noqa: ASYNC110
                await asyncio.sleep(HELD_SECONDS)
            if not self._waiting:
                self._arrived.clear()
                continue
            self._sent()
            self._deliver(self._waiting.popleft())

    def _sent(self) -> None:
        self._passed.clear()
        self._under_way = True
