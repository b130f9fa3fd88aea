"""Where the cursor stands in a list and which part of the list is in view: arithmetic without a screen."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence


class RowWindow:
    """A page of rows that follows a cursor.

    The cursor stands on a key and stays with it when the rows change. It never stands on a note (a row
    that isn't selectable), and is None only where there is no other row.
    """

    def __init__(self, is_selectable: Callable[[int], bool]) -> None:
        self.keys: tuple[Hashable, ...] = ()
        self.positions: dict[Hashable, int] = {}
        self.cursor: int | None = None
        self.top = 0
        self.page = 1
        self._is_selectable = is_selectable

    @property
    def cursor_key(self) -> Hashable | None:
        """The key under the cursor."""
        return None if self.cursor is None else self.keys[self.cursor]

    @property
    def shown(self) -> range:
        """The positions in view."""
        return range(self.top, min(self.top + self.page, len(self.keys)))

    def replace(self, keys: Sequence[Hashable]) -> None:
        """Take other rows.

        The cursor keeps its key and its screen line; if the key is gone, it goes to the nearest row that
        followed it, else to the nearest before.
        """
        old_keys, old_cursor = self.keys, self.cursor
        line = 0 if old_cursor is None else old_cursor - self.top
        self.keys = tuple(keys)
        self.positions = {key: position for position, key in enumerate(self.keys)}
        self.cursor = self._found_again(old_keys, old_cursor)
        self.top = (self.cursor or 0) - line
        self.keep_in_range()

    def go(self, position: int | None) -> None:
        """Put the cursor on a row, and that row with its notes in view; None stays where it is.

        A row out of view comes to the middle: half a page at once instead of a repaint for every line.
        """
        if position is None:
            return
        self.cursor = position
        if self._first_with_notes(position) < self.top or self._last_with_notes(position) >= self.top + self.page:
            self.top = position - self.page // 2
        self.keep_in_range()

    def step(self, direction: int) -> None:
        """One row down (1) or up (-1)."""
        if self.cursor is not None:
            self.go(self.nearest(self.cursor + direction, direction))

    def turn_page(self, direction: int) -> None:
        """A page down (1) or up (-1), on the same screen line where possible."""
        if self.cursor is None:
            return
        target = min(max(self.cursor + direction * self.page, 0), len(self.keys) - 1)
        position = self.nearest(target, direction)
        self.top += direction * self.page
        self.keep_in_range()
        self.go(self.nearest(target, -direction) if position is None else position)

    def scroll(self, rows: int) -> None:
        """Move the view; the cursor comes along where it would leave it."""
        self.top += rows
        self.keep_in_range()
        if self.cursor is None:
            return
        if self.cursor < self.top:
            self.cursor = self.nearest(self.top, 1)
        elif self.cursor >= self.top + self.page:
            self.cursor = self.nearest(self.top + self.page - 1, -1)

    def resize(self, page: int) -> None:
        """Show so many rows, the cursor's among them."""
        grown = max(1, page) > self.page
        self.page = max(1, page)
        self.keep_in_range()
        if self.cursor is None:
            return
        if not self.top <= self.cursor < self.top + self.page:
            self.top = self.cursor - self.page // 2
            self.keep_in_range()
        elif grown:
            self.top = min(self.top, self._first_with_notes(self.cursor))

    def keep_in_range(self) -> None:
        """No empty lines below the last row while there are rows above the first line."""
        self.top = max(0, min(self.top, len(self.keys) - self.page))

    def nearest(self, position: int, direction: int) -> int | None:
        """The first row from here on that the cursor can be on."""
        while 0 <= position < len(self.keys):
            if self._is_selectable(position):
                return position
            position += direction
        return None

    def _found_again(self, old_keys: tuple[Hashable, ...], old_cursor: int | None) -> int | None:
        if old_cursor is not None:
            for old in (*range(old_cursor, len(old_keys)), *range(old_cursor - 1, -1, -1)):
                position = self.positions.get(old_keys[old])
                if position is not None and self._is_selectable(position):
                    return position
        return self.nearest(0, 1)

    def _first_with_notes(self, position: int) -> int:
        """Where the notes above the very first row begin, which no cursor could bring into view."""
        return max(0, position - self.page // 2) if self.nearest(position - 1, -1) is None else position

    def _last_with_notes(self, position: int) -> int:
        """Where the notes that belong to a row end."""
        last = position
        while last + 1 < min(len(self.keys), position + self.page // 2) and not self._is_selectable(last + 1):
            last += 1
        return last
