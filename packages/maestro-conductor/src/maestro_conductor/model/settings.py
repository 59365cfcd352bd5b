"""Say how a study is run, and what of that may change while it runs."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

__all__ = ["Run", "Settings", "SettingsChange"]


@attrs.frozen
class SettingsChange:
    """New settings; None: unchanged.

    Attributes:
        source: who asks: ``update``, ``resume``.
        batch: batch keys → new values; a value of None: as the graph says.
    """

    throttle: int | None = None
    rlimit: int | None = None
    sleep: float | None = None
    source: str = "update"
    local_slots: int | None = None
    batch: Mapping[str, object] = attrs.Factory(dict)

    def words(self) -> list[str]:
        """Return what it changes, for people: ``throttle 4``."""
        names = ("throttle", "rlimit", "sleep", "local_slots")
        given = [(name, getattr(self, name)) for name in names]
        return [f"{name} {value}" for name, value in given if value is not None] + [
            f"batch {key}={'' if value is None else value}" for key, value in self.batch.items()
        ]


@attrs.frozen
class Settings:
    """What can be changed while a study runs.

    Attributes:
        throttle: most jobs in flight; 0: no limit.
        rlimit: most restarts of an instance; 0: no limit.
        attempts: final refusals of a submission before the step fails.
        sleep: s, longest pause between two questions to a scheduler.
        local_slots: slots that local steps may fill; None: as the graph says.
        batch: batch keys that replace those of the graph in jobs to be submitted.
    """

    throttle: int = 0
    rlimit: int = 1
    attempts: int = 1
    sleep: float = 60.0
    local_slots: int | None = None
    batch: Mapping[str, object] = attrs.Factory(dict)

    def changed(self, change: SettingsChange) -> Settings:
        """Return these settings with a change."""
        return Settings(
            throttle=self.throttle if change.throttle is None else change.throttle,
            rlimit=self.rlimit if change.rlimit is None else change.rlimit,
            attempts=self.attempts,
            sleep=self.sleep if change.sleep is None else change.sleep,
            local_slots=self.local_slots if change.local_slots is None else change.local_slots,
            batch=self._merged(change.batch) if change.batch else self.batch,
        )

    def _merged(self, change: Mapping[str, object]) -> Mapping[str, object]:
        merged = {**self.batch, **change}
        return {key: value for key, value in merged.items() if value is not None}


@attrs.frozen
class Run:
    """How a study is to be run.

    Attributes:
        study_id: names the study to schedulers; 12 hexadecimal digits.
        settings: what holds at the beginning.
        usetmp: scripts are kept in a temporary folder.
        dry: write the scripts, run nothing.
        root: absolute path of the folder in which the study was made; empty: it does not say.
    """

    study_id: str
    settings: Settings = Settings()
    usetmp: bool = False
    dry: bool = False
    root: str = ""
