"""Reads the options of ``create(options)`` into a value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from maestro_adapters.errors import OptionsError, RequestError
from maestro_adapters.job.words import word

__all__ = ["AdapterOptions"]

_WORDS = frozenset({"shell", "host", "bank", "queue", "reservation", "qos", "uri", "version"})


@attrs.frozen(kw_only=True)
class AdapterOptions:
    """What every adapter is created with; the table is in ``docs/adapters.md``.

    Attributes:
        shell: interpreter of the scripts.
        args, allocation_args, launcher_args: free options, option → value.
        launcher: template of the launcher; None: the adapter's own.
        slots: local: how many slots there are; None: the usable cores.
        adopt: local: this process may become the parent of what a killed keeper leaves.
        array: Slurm: submit equal jobs as one array.
        user_throttle: most jobs of the user in the queue, whoever submitted them; None: no limit.
        timeout: s, for each command of the scheduler.
        environment: variables for every job, beside those of this process.
    """

    shell: str = "/bin/bash"
    host: str | None = None
    bank: str | None = None
    queue: str | None = None
    reservation: str | None = None
    qos: str | None = None
    uri: str | None = None
    version: str | None = None
    args: Mapping[str, object] = attrs.field(factory=dict)
    allocation_args: Mapping[str, object] = attrs.field(factory=dict)
    launcher_args: Mapping[str, object] = attrs.field(factory=dict)
    launcher: str | None = None
    slots: int | None = None
    adopt: bool = False
    array: bool = False
    user_throttle: int | None = None
    timeout: float = 60.0
    environment: Mapping[str, str] = attrs.field(factory=dict)

    def __attrs_post_init__(self) -> None:
        for name, otherwise in (("slots", "for all cores"), ("user_throttle", "for no limit")):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise OptionsError(f"{name} is {value}: give a number above 0, or none {otherwise}")
        if not self.timeout > 0:
            raise OptionsError(f"timeout is {self.timeout}: give a number of seconds above 0")

    @classmethod
    def from_mapping(cls, options: Mapping[str, object]) -> AdapterOptions:
        """Read a map of options; a missing key is like None, an unknown one is ignored.

        Raises:
            OptionsError: a value cannot be used.
        """
        known = attrs.fields_dict(cls)
        # Any: what is not read below is as the interface says, or fails where it is used.
        given: dict[str, Any] = {
            key: value for key, value in options.items() if key in known and value is not None
        }
        try:
            for key in _WORDS & given.keys():
                if (said := word(key, given[key])) is None:
                    del given[key]
                else:
                    given[key] = said
        except RequestError as error:
            raise OptionsError(f"an option of the adapter cannot be used: {error}") from error
        try:
            for key, number in (("slots", int), ("user_throttle", int), ("timeout", float)):
                if key in given:
                    given[key] = number(given[key])
        except (TypeError, ValueError) as error:
            raise OptionsError(f"an option of the adapter is no number: {error}") from error
        return cls(**given)
