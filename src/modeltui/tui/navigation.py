"""Going about: the views, and the screens that are opened over them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from textual.app import App
from textual.driver import Driver
from textual.screen import Screen

from modeltui.tui.key_feed import KeyFeed
from modeltui.tui.screens.frame import Frame
from modeltui.tui.screens.lists import ListScreen
from modeltui.tui.screens.models import ModelsScreen
from modeltui.tui.session import Session

if TYPE_CHECKING:
    from modeltui.domain.families import Family
    from modeltui.domain.rows import ModelRow, ProviderRow
    from modeltui.tui.presentation.conflict_text import Conflict
    from modeltui.tui.screens.doctor import DoctorScreen
    from modeltui.tui.screens.form import Saved
    from modeltui.tui.screens.picker import Offered
    from modeltui.tui.screens.providers import ProvidersScreen


class Navigation(App[int]):
    """An application that moves between our screens. Those that aren't needed at once are imported when they are."""

    keys: KeyFeed

    def __init__(self, session: Session, driver: type[Driver]) -> None:
        self.session = session
        super().__init__(driver_class=driver)
        self.models_screen = ModelsScreen(session)
        self._providers_screen: ProvidersScreen | None = None
        self._doctor_screen: DoctorScreen | None = None

    def get_default_screen(self) -> Screen[object]:
        """Models is what one sees first."""
        return self.models_screen

    # Views

    async def go_to_models(self, text: str | None = None) -> None:
        """Shows Models, filtered where a filter is given."""
        await self._go_to(self.models_screen)
        if text is not None:
            if self.models_screen.showing_deleted:
                self.models_screen.do_deleted()
            self.models_screen.set_filter(text)

    async def go_to_providers(self, provider: UUID | None = None) -> None:
        """Shows Providers, with the cursor on a provider where one is given."""
        from modeltui.tui.screens.providers import ProvidersScreen

        if self._providers_screen is None:
            self._providers_screen = ProvidersScreen(self.session)
            self.install_screen(self._providers_screen, "providers")
        await self._go_to(self._providers_screen)
        if provider is not None:
            self._providers_screen.move_to(provider)

    async def go_to_doctor(self) -> None:
        """Shows Doctor."""
        from modeltui.tui.screens.doctor import DoctorScreen

        if self._doctor_screen is None:
            self._doctor_screen = DoctorScreen(self.session)
            self.install_screen(self._doctor_screen, "doctor")
        await self._go_to(self._doctor_screen)

    async def _go_to(self, view: Frame) -> None:
        # Models stays at the bottom of the stack; another view lies over it and keeps its state while it is away.
        while self.screen is not view and len(self.screen_stack) > 1:
            await self.pop_screen()
        if self.screen is not view:
            await self.push_screen(view)

    # Over a view

    def show_lines(self, model: UUID) -> None:
        """Opens a model's priority list."""
        from modeltui.tui.screens.lines import LinesScreen

        row = self.session.model(model)
        if row is not None:
            self.push_screen(LinesScreen(self.session, row))

    async def pick_providers(
        self, title: str, family: Family | None, attached: Collection[UUID], **options: Any
    ) -> tuple[UUID, ...]:
        """The providers that the person picks of those not attached, usable ones first, in the order of picking.

        The options are the picker's. Only for queued work.
        """
        from modeltui.tui.screens.picker import PickerScreen

        rows = [row for row in self.session.rows.providers if family in (None, row.family)]
        rows.sort(key=lambda row: not row.usable)
        offered = [(row, "") for row in rows if row.id not in attached]
        picker = PickerScreen(self.session, title, offered, family=family, **options)
        return await self.push_screen_wait(picker) or ()

    async def choose_provider(self, title: str, offered: Sequence[Offered]) -> ProviderRow | None:
        """The one provider that the person chooses, or None. Only to be awaited in queued work."""
        from modeltui.tui.screens.picker import PickerScreen

        self.keys.drop()
        chosen = await self.push_screen_wait(PickerScreen(self.session, title, offered, verb="", single=True))
        return self.session.provider(chosen[0]) if chosen else None

    async def show_conflict(self, conflict: Conflict) -> str:
        """What to do about a list that somebody else saved meanwhile: keep, merge, theirs or ours."""
        from modeltui.tui.screens.conflict import ConflictScreen

        self.keys.drop()
        return str(await self.push_screen_wait(ConflictScreen(self.session, conflict)))

    def show_what_if(self, providers: Collection[UUID]) -> None:
        """Shows what would happen if these providers were down, over the view that they were chosen on."""
        from modeltui.tui.screens.what_if import WhatIfScreen

        self.push_screen(WhatIfScreen(self.session, providers))

    def show_model_form(self, model: ModelRow | None, copied: ModelRow | None = None) -> None:
        """Opens the form of a model, or of a new one, perhaps as a copy of another."""
        from modeltui.tui.screens.model_form import ModelForm

        def left(saved: Saved | None) -> None:
            if saved is None:
                return
            if self.models_screen.showing_deleted:
                self.models_screen.do_deleted()
            self.models_screen.move_to(saved.id)
            self.models_screen.flash(saved.text)

        self.push_screen(ModelForm(self.session, model, copied), left)

    def show_provider_form(self, provider: ProviderRow | None, copied: ProviderRow | None = None) -> None:
        """Opens the form of a provider, or of a new one, perhaps as a copy of another."""
        from modeltui.tui.screens.provider_form import ProviderForm

        def left(saved: Saved | None) -> None:
            if saved is not None and self._providers_screen is not None:
                self._providers_screen.move_to(saved.id)
                self._providers_screen.flash(saved.text)

        self.push_screen(ProviderForm(self.session, provider, copied), left)

    def show_help(self, context: str) -> None:
        """Shows all keys, those of the context first."""
        from modeltui.tui.screens.help import HelpScreen

        self.push_screen(HelpScreen(self.session, context))

    def show_log(self) -> None:
        """Shows the messages of the session."""
        from modeltui.tui.screens.log import LogScreen

        self.push_screen(LogScreen(self.session))

    def show_copied(self, title: str, lines: Sequence[str], said: str) -> None:
        """Shows a copied text that the pane is too small for, and what is said of it."""
        from modeltui.tui.screens.copied import CopiedScreen

        self.push_screen(CopiedScreen(self.session, title, lines, said))

    async def leave_for(self, view: str, row: UUID | None = None, name: str = "") -> None:
        """Goes to a view, there to a row where one is given, once every screen that would close may be left.

        Only to be awaited in queued work.
        """
        for screen in reversed(self.screen_stack):
            if isinstance(screen, Frame) and not await screen.may_leave():
                return
        match view:
            case "models":
                await self.go_to_models()
            case "providers":
                await self.go_to_providers()
            case "doctor":
                await self.go_to_doctor()
        if row is None or not isinstance(self.screen, ListScreen):
            return
        if view == "models" and self.models_screen.showing_deleted:
            self.models_screen.do_deleted()
        self.screen.jump_to(row, name)
