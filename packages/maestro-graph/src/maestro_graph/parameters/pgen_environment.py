"""Show the study's `env` to a generator file as maestrowf does."""

from __future__ import annotations

import attrs

from maestro_graph.model.spec import Spec
from maestro_graph.parameters.environment import resolve_environment


class SpecRoot(str):
    """The study file's folder: a text, with the ``value`` that upstream's generator files use."""

    __slots__ = ()

    @property
    def value(self) -> str:
        """The folder as a plain text."""
        return str(self)


@attrs.frozen
class EnvironmentValue:
    """A variable, label or dependency, as generator files find it."""

    name: str
    value: object
    token: str = "$"  # noqa: S105 -- the sign before the parenthesis

    def get_var(self) -> str:
        """Return the token itself."""
        return f"{self.token}({self.name})"

    def substitute(self, data: str) -> str:
        """Replace the token in a text."""
        return data.replace(self.get_var(), str(self.value))

    def __str__(self) -> str:
        return self.get_var()


class PgenEnvironment:
    """The study's `env` as generator files see it.

    Args:
        spec: the study.
        root: absolute path of the workspace.
    """

    def __init__(self, spec: Spec, root: str) -> None:
        written = {**spec.variables, **spec.labels}
        self._values = {}
        for name, text in resolve_environment(spec, root).items():
            # A number stays one; texts are given with their tokens resolved.
            plain = written.get(name)
            value = plain if plain is not None and str(plain) == text else text
            self._values[name] = EnvironmentValue(name, value)

    def find(self, key: str) -> EnvironmentValue | None:
        """Return what stands for ``$(key)``, or None."""
        return self._values.get(key)

    def apply_environment(self, item: str) -> str:
        """Replace the tokens of the whole `env` in a text."""
        for value in self._values.values():
            item = value.substitute(item)
        return item
