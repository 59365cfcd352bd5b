"""Say what people can ask of a study."""

from __future__ import annotations

import attrs

from maestro_conductor.model.settings import SettingsChange

__all__ = ["Ask", "Selection"]

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
class Ask:
    """What a request asks for.

    Attributes:
        kind: ``cancel``, ``update``, ``resume``, ``hold``, ``release`` or ``skip``.
        selection: of the instances that it concerns.
        settings: new settings; None: none.
    """

    kind: str
    selection: Selection = Selection()
    settings: SettingsChange | None = None

    @property
    def text(self) -> str:
        """What is asked for, for people: ``hold simulate where TEMP=300``."""
        words = [self.kind, *(self.selection.steps or ())]
        if self.selection.where:
            words += ["where", ", ".join(self.selection.where)]
        if self.settings is not None:
            words += self.settings.words()
        text = " ".join(word if word.isprintable() else ascii(word) for word in words)
        return text if len(text) <= _MOST_SHOWN else f"{text[: _MOST_SHOWN - 3]}..."
