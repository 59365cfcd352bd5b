"""Say what people can ask of a study."""

from __future__ import annotations

import attrs

from maestro_conductor.model.settings import SettingsChange

__all__ = ["AmendAsk", "Ask", "Selection"]

#: Characters of what was asked for that people are shown.
_MOST_SHOWN = 300


@attrs.frozen
class Selection:
    """Which instances a request means; see "Selection" on the format page.

    Attributes:
        steps: names of steps or instances, ``*`` allowed; None: any.
        where: conditions on parameters; None: none.
    """

    steps: tuple[str, ...] | None = None
    where: tuple[str, ...] | None = None

    @property
    def empty(self) -> bool:
        """Tell whether it names nothing."""
        return self.steps is None and not self.where


@attrs.frozen
class AmendAsk:
    """What an amendment asks for.

    Attributes:
        amendment: where it was put together.
        only_new: what has changed and has begun stays as it ran.
        descendants: what comes after a changed or a new instance runs again, too.
    """

    amendment: str
    only_new: bool = False
    descendants: bool = True


@attrs.frozen
class Ask:
    """What a request asks for.

    Attributes:
        kind: ``cancel``, ``update``, ``resume``, ``hold``, ``release``, ``skip`` or ``amend``.
        selection: of the instances that it concerns.
        settings: new settings; None: none.
        amend: an amendment; None: none.
    """

    kind: str
    selection: Selection = Selection()
    settings: SettingsChange | None = None
    amend: AmendAsk | None = None

    @property
    def text(self) -> str:
        """What is asked for, for people: ``hold simulate where TEMP=300``."""
        words = [self.kind, *(self.selection.steps or ())]
        if self.selection.where:
            words += ["where", ", ".join(self.selection.where)]
        if self.settings is not None:
            words += self.settings.words()
        if self.amend is not None:
            words += ["only what is new"] if self.amend.only_new else []
            words += [] if self.amend.descendants else ["without what comes after"]
        text = " ".join(word if word.isprintable() else ascii(word) for word in words)
        return text if len(text) <= _MOST_SHOWN else f"{text[: _MOST_SHOWN - 3]}..."
