"""The differences of the expansion that are meant."""

from __future__ import annotations

import hashlib
import os
from dataclasses import replace

from conformance.case import Case, Instances, Sides, change_bodies, change_texts, folder_of
from conformance.sides import Expanded


def tokens_to_any_depth(case: Case, theirs: Instances, ours: Instances) -> Sides:
    """The oracle puts `env` tokens in once, in the order of its lists; what is left, it leaves."""

    def finish(_: Expanded, text: str) -> str:
        for _round in case.texts:
            for name, value in case.texts.items():
                text = text.replace(f"$({name})", str(value))
        return text

    return change_bodies(theirs, finish), ours


def names_that_clean_to_one(case: Case, theirs: Instances, ours: Instances) -> Sides:
    """The oracle lets combinations share a folder, or leaves a name empty; ours get a suffix."""
    moved = {}
    for name, each in ours.items():
        step = case.step_of(name)
        raw = name[len(step) + 1 :]
        suffix = "-" + hashlib.sha1(raw.encode(), usedforsecurity=False).hexdigest()[:8]
        cleaned = folder_of(raw)
        folder = case.output / folder_of(step)
        if each.workspace == f"{folder}/{cleaned}{suffix}":
            moved[each.workspace] = f"{folder}/{cleaned}"

    def rename(_: Expanded, text: str) -> str:
        for ours_is, theirs_is in moved.items():
            text = text.replace(ours_is, theirs_is)
        return text

    renamed = {
        name: replace(each, workspace=moved.get(each.workspace, each.workspace))
        for name, each in change_texts(ours, rename).items()
    }
    return theirs, renamed


def edges_of_workspace_tokens(case: Case, theirs: Instances, ours: Instances) -> Sides:
    """A workspace token of a step that is no dependency makes none in the oracle."""
    without = {}
    for name, each in ours.items():
        step = case.step_of(name)
        listed = case.plain(step) | case.funnels(step)
        implied = {
            need
            for need in each.needs
            if case.step_of(need) not in listed
            and f"$({case.step_of(need)}.workspace)" in case.commands(step)
        }
        without[name] = replace(each, needs=each.needs - implied)
    return theirs, without


def workspace_tokens_with_a_space(case: Case, theirs: Instances, ours: Instances) -> Sides:
    """The oracle does not see the workspace token of a step whose name has a space in it."""

    def finish(each: Expanded, text: str) -> str:
        step = case.step_of(each.name)
        for other in case.steps:
            if " " not in other:
                continue
            folder = str(case.output / folder_of(other))
            if other not in case.funnels(step):
                needed = [need for need in each.needs if case.step_of(need) == other]
                folder = theirs[needed[0]].workspace if needed else folder
            text = text.replace(f"$({other}.workspace)", folder)
        return text

    return change_bodies(theirs, finish), ours


def paths_of_git_dependencies(case: Case, theirs: Instances, ours: Instances) -> Sides:
    """The oracle gives the path of a clone as written: relative to wherever it was started."""

    def finish(_: Expanded, text: str) -> str:
        for clone in case.git:
            written = f"{clone['path']}/{clone['name']}"
            text = text.replace(written, os.path.normpath(case.output.parent / written))
        return text

    return change_bodies(theirs, finish), ours
