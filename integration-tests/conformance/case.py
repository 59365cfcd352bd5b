"""The study that both sides were given, and ways to change what they made of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from conformance.sides import Expanded

Instances = dict[str, Expanded]
Sides = tuple[Instances, Instances]

_CLEANED_AWAY = re.compile(r"[^-_.() a-zA-Z0-9]")


class Case:
    """The study that both sides were given."""

    def __init__(self, study: dict[str, Any], output: Path) -> None:
        self.output = output
        self.kind = (study.get("batch") or {}).get("type", "local")
        self.batch = study.get("batch") or {}
        env = study.get("env") or {}
        self.texts = {**(env.get("variables") or {}), **(env.get("labels") or {})}
        self.texts["OUTPUT_PATH"] = output
        self.git = (env.get("dependencies") or {}).get("git") or []
        self.steps = {step["name"]: step["run"] for step in study["study"]}
        self.depends = {
            name: [self._without_tokens(written) for written in run.get("depends", ())]
            for name, run in self.steps.items()
        }

    def _without_tokens(self, text: str) -> str:
        for name, value in self.texts.items():
            text = text.replace(f"$({name})", str(value))
        return text

    def step_of(self, instance: str) -> str:
        """The step that an instance belongs to."""
        if instance in self.steps:
            return instance
        return max((name for name in self.steps if instance.startswith(f"{name}_")), key=len)

    def plain(self, step: str) -> set[str]:
        return {name for name in self.depends[step] if "*" not in name}

    def funnels(self, step: str) -> set[str]:
        return {re.sub(r"_\*|\*", "", name) for name in self.depends[step] if "*" in name}

    def commands(self, step: str) -> str:
        return f"{self.steps[step]['cmd']} {self.steps[step].get('restart', '')}"


def folder_of(name: str) -> str:
    """What the oracle makes of a name."""
    return _CLEANED_AWAY.sub("", name).replace(" ", "_")


def change_texts(instances: Instances, change: Callable[[Expanded, str], str]) -> Instances:
    return {
        name: replace(
            each, scripts={file: change(each, text) for file, text in each.scripts.items()}
        )
        for name, each in instances.items()
    }


def change_bodies(instances: Instances, change: Callable[[Expanded, str], str]) -> Instances:
    def change_text(each: Expanded, text: str) -> str:
        head, gap, body = text.partition("\n\n")
        return f"{head}{gap}{change(each, body)}"

    return change_texts(instances, change_text)
