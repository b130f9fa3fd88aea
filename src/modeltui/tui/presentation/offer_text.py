"""Offers from the environment as text."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from modeltui.domain.offers import Offer
from modeltui.tui.presentation import glyphs
from modeltui.tui.presentation.cells import Cell, Spans, Tone, spans
from modeltui.tui.widgets.columns import Column, Row

OFFER_COLUMNS = (
    Column("", 13, keep=None),
    Column("", 26, keep=None),
    Column("", 12, grow=1, keep=0),
)


def offer_rows(offers: Sequence[Offer], incomplete: Sequence[Offer], marked: Collection[Offer]) -> list[Row]:
    """The offers, marked or not, between words about them."""
    rows = [
        _note("first", "No providers yet. Keys for these are in this environment:" if offers else "No providers yet.")
    ]
    for offer in offers:
        taken = offer in marked
        will = Cell(f"will be provider {offer.name}") if taken else Cell("left out", Tone.MUTED)
        cells = (Cell(offer.family), Cell(f"${offer.variable}"), will)
        rows.append(Row(offer, cells, marker=f" {glyphs.current().mark}" if taken else ""))
    rows.append(_note("blank", ""))
    if offers:
        rows.append(_note("keys", "enter adds the marked ones; space marks, or leaves out."))
    rows.append(_note("new", "n adds one by hand: an account or endpoint that serves models."))
    rows += [
        _note(offer, f"${offer.variable} is set too; {offer.name} needs a base URL as well: n") for offer in incomplete
    ]
    return rows


def offer_pane(offer: Offer | None) -> tuple[Spans, list[Spans]]:
    """What would be added."""
    if offer is None:
        return (), []
    title = spans(Cell(offer.name, Tone.STRONG), f"   {offer.family.default_base_url or 'by region'}")
    return title, [
        spans(Cell(" API key   ", Tone.MUTED), f"stays in ${offer.variable}; only the name is kept"),
        spans(Cell(" Base URL  ", Tone.MUTED), f"{offer.family.label}'s own"),
    ]


def _note(key: object, text: str) -> Row:
    return Row(("note", key), spans(text), selectable=False, free=True)
