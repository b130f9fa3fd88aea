"""An empty list of providers: what the environment offers, and one key that takes it."""

from __future__ import annotations

from modeltui.domain.offers import Offer, incomplete_offers, offers
from modeltui.tui import keys
from modeltui.tui.presentation.offer_text import OFFER_COLUMNS, offer_pane, offer_rows
from modeltui.tui.screens.marking import MarkedList
from modeltui.tui.session import Phase, Session
from modeltui.tui.widgets.hint_bar import HintBar
from modeltui.tui.widgets.row_list import RowList
from modeltui.tui.widgets.text_lines import TextLines


class Offering(MarkedList):
    """The part of Providers that is seen as long as there is none."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._offers = offers(session.environ)
        self._incomplete = incomplete_offers(session.environ)
        self._marked = set(self._offers)

    @property
    def offering(self) -> bool:
        """Whether offers are what the list shows."""
        ready = self.session.phase is Phase.READY and not self.session.rows.providers
        return ready and not self.filter_text and bool(self._offers or self._incomplete)

    @property
    def offer(self) -> Offer | None:
        """The offer under the cursor."""
        key = self.rows.cursor_key
        return key if isinstance(key, Offer) else None

    @property
    def key_context(self) -> str:
        """The offers' keys while they are shown."""
        return "offers" if self.offering else super().key_context

    def refresh_rows(self) -> None:
        """Shows the offers where there is nothing else to show."""
        super().refresh_rows()
        if self.offering:
            rows = {row.key: row for row in offer_rows(self._offers, self._incomplete, self._marked)}
            self.rows.columns = OFFER_COLUMNS
            self.rows.show(list(rows), lambda key: rows[key])
            self.refresh_pane()
        self.show_hints()

    def refresh_pane(self) -> None:
        """What the offer under the cursor would be."""
        if not self.offering:
            super().refresh_pane()
            return
        title, lines = offer_pane(self.offer)
        self.query_one("#pane", TextLines).show(lines, title=title, wrap=True)

    def show_hints(self) -> None:
        """The keys of the offers while they are shown."""
        if self.offering and not self.asking:
            shown, pinned = keys.hints("offers")
            self.query_one(HintBar).show(shown, pinned)
        else:
            super().show_hints()

    def do_mark(self) -> None:
        """Marks the row; of offers, marks it or leaves it out."""
        offer = self.offer
        if not self.offering:
            super().do_mark()
        elif offer is not None:
            self._marked ^= {offer}
            self.refresh_rows()
            self.rows.action_cursor_down()

    def on_row_list_chosen(self, message: RowList.Chosen) -> None:
        """Enter takes the marked offers."""
        if self.offering:
            message.stop()
            # Textual would also call the list's own handler.
            message.prevent_default()
            if self._slipped and not self.asking:
                # It was meant for the last provider, which others have deleted.
                self._slipped = False
                self.flash("there are no providers any more; enter once more adds what is marked")
            elif not self.asking:
                self.do_take_offers()

    def do_take_offers(self) -> None:
        """Adds a provider for each marked offer."""
        taken = [offer for offer in self._offers if offer in self._marked]
        if self.session.read_only_reason is not None:
            self.flash(f"add is refused, the catalog is read-only: {self.session.read_only_reason}", error=True)
        elif not taken:
            self.flash("nothing is marked; space marks, n adds a provider by hand")
        else:
            self.work(lambda: self._take(taken))

    async def _take(self, taken: list[Offer]) -> None:
        from modeltui.domain.credentials import EnvKey
        from modeltui.domain.inputs import ProviderCreate

        if not self.offering:
            return
        try:
            for offer in taken:
                new = ProviderCreate(family=offer.family, name=offer.name, credential=EnvKey(offer.variable))
                await self.session.catalog.providers.create(new)
        finally:
            # Each is a transaction of its own: what was added before an error is there.
            await self.session.reload()
        self.flash(f"added {', '.join(offer.name for offer in taken)}; 1 goes to Models, n there adds a model")
