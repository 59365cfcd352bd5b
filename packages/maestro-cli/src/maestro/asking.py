"""Ask the conductor of a study for something, or do it where there is none."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from maestro.errors import UsageError
from maestro.reading import Where, selection_of, view
from maestro.records import Change, Effect

if TYPE_CHECKING:
    from maestro_cli.study.part_requests import Word

__all__ = ["amend", "cancel", "part", "resume", "update"]


def part(folder: Path, word: Word, names: Sequence[str], where: Where) -> Effect:
    """Have a part of a study held, released, skipped or cancelled."""
    from maestro_cli.study.part_requests import ask_for

    selection = selection_of(names, where)
    if not selection and word == "skip":
        raise UsageError("nothing is named", "name steps or instances, or give where=…", "usage")
    told = ask_for(view(folder, word), word, selection)
    return Effect(_effect(told["effect"]), told["instances"], told["message"])


def _effect(word: str) -> Literal["in force", "waiting", "none"]:
    return "in force" if word == "in force" else "waiting" if word == "waiting" else "none"


def cancel(folder: Path, names: Sequence[str], where: Where) -> Effect:
    """Have a study cancelled, or a part of it."""
    from maestro_cli.launch import cancelling

    if names or where:
        return part(folder, "cancel", names, where)
    study = view(folder, "cancel")
    if not cancelling.is_open(study):
        return Effect("none", 0, f"{study.name} is {study.state}: there is nothing to cancel")
    open_steps = study.known.unfinished()
    if cancelling.cancel(study):
        return Effect("in force", open_steps, f"{study.name} is being cancelled")
    return Effect("waiting", open_steps, "its conductor has not taken the request yet")


def resume(
    folder: Path,
    names: Sequence[str],
    where: Where,
    limits: Mapping[str, int | float | None],
    *,
    take_over: bool,
    on_end: str | None,
) -> Effect:
    """Have a study go on."""
    from maestro_cli.launch.resuming import again
    from maestro_cli.launch.resuming import resume as have_go_on
    from maestro_cli.launch.start import StartOptions
    from maestro_cli.study.requests import Limits

    study = view(folder, "resume")
    selection = selection_of(names, where)
    found = again(study, selection)
    options = StartOptions(
        foreground=False,
        log_level=2,
        logpath=None,
        talkative=False,
        take_over=take_over,
        on_end=on_end,
    )
    done = have_go_on(study, found, selection, Limits(**limits), options)  # type: ignore[arg-type]
    if done.effect == "nothing":
        return Effect("none", 0, f"{study.name} is {study.state}: there is nothing to resume")
    number = f"{len(found)} instance{'' if len(found) == 1 else 's'} will run again"
    if done.effect == "asked":
        return Effect("waiting", len(found), "its conductor has not taken the request yet")
    how = {"goes on": "goes on", "started": "is started"}.get(done.effect, "is resumed")
    return Effect("in force", len(found), f"{study.name} {how}: {number}")


def update(folder: Path, limits: Mapping[str, object]) -> Effect:
    """Give a study other limits."""
    from maestro_cli.study.limit_requests import ask_for, refuse_ended
    from maestro_cli.study.requests import Limits

    study = view(folder, "update")
    refuse_ended(study)
    wanted = Limits(**limits)  # type: ignore[arg-type]
    if not wanted:
        raise UsageError("no new value is given", "give throttle=…, rlimit=…, sleep=…, …", "usage")
    _, in_force = ask_for(study, wanted)
    return Effect("in force" if in_force else "waiting", 0, str(wanted))


def amend(
    folder: Path,
    study_file: str | os.PathLike[str] | None,
    *,
    variables: Mapping[str, object],
    pgen: str | os.PathLike[str] | None,
    pargs: Mapping[str, object],
    only_new: bool,
    descendants: bool,
    dry: bool,
) -> Change:
    """Have a study go on in another form."""
    from maestro_cli.launch.amend_session import carry_out, opened, prepared
    from maestro_cli.launch.amended_order import Wishes
    from maestro_cli.study.folders import require_study

    wishes = Wishes(
        study_file=None if study_file is None else os.fspath(study_file),
        variables={name: str(value) for name, value in variables.items()},
        pgen=None if pgen is None else os.fspath(pgen),
        pargs={name: str(value) for name, value in pargs.items()},
        quiet=True,
    )
    amended = opened(require_study(folder, verb="amend"), wishes, settle=not dry)
    with prepared(folder, amended, only_new=only_new, descendants=descendants) as session:
        effect = "nothing" if session.nothing else "planned"
        if not dry:
            effect = carry_out(session, only_new=only_new, descendants=descendants)
    plan = session.plan
    return Change(
        effect=effect,
        kept=plan.kept,
        changed=tuple(each.name for each in plan.changed),
        again=tuple(each.name for each in plan.again),
        new=tuple(each.name for each in plan.new),
        gone=tuple(each.name for each in plan.gone),
        left=tuple(each.name for each in plan.left),
        study=tuple(session.changes),
    )
