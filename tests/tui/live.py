"""What the tests of the screens that follow others share."""

from __future__ import annotations

from modeltui.tui.following import Follower
from tests.services.builders import caught_up
from tests.tui.driver import Room


def follower(room: Room) -> Follower:
    """What keeps the room's rows current."""
    found = room.app.connection.follower
    assert found is not None
    return found


async def followed(room: Room) -> None:
    """Wait until the screens show all that was committed before."""
    await caught_up(room.app.session.catalog)
    await room.pass_messages()
    await room.wait_until(lambda: follower(room).idle, "all read that was heard of")
    await room.pass_messages()


async def listening(room: Room) -> None:
    """Wait until changes are reported, and the reading is over that a listener begins with."""
    feed = room.app.session.catalog._workspace.feed
    await room.wait_until(lambda: feed._live, "the feed")
    await followed(room)
