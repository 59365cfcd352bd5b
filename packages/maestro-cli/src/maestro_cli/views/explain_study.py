"""Explain how a study stands: what it waits for, what holds it back, and what to type next."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence

from attrs import frozen

from maestro_cli.study.causes import cause
from maestro_cli.study.standing import Standing, standing
from maestro_cli.study.tally import in_words, sort_by_word
from maestro_cli.study.workspace_view import StudyView
from maestro_cli.ui.paths import shorter
from maestro_cli.ui.style import Paint
from maestro_cli.views import notes
from maestro_cli.views.failed import blockers
from maestro_cli.views.time_text import short_duration

__all__ = ["StudyExplanation", "explain_study"]

#: No more reasons, causes or names than this.
_MOST = 3


@frozen
class StudyExplanation:
    """Why a study stands as it does.

    Attributes:
        text: One sentence: its state and counts.
        more: What it waits for, and what holds it back.
        next: Commands, and what each is for.
    """

    text: str
    more: Sequence[str]
    next: Sequence[tuple[tuple[str, ...], str]]


def explain_study(study: StudyView, *, now: int | None = None) -> StudyExplanation:
    """Explain a study.

    Args:
        study: The study; what may run is marked as queued.
        now: ms since 1970; None: those of the call.
    """
    now = time.time_ns() // 1_000_000 if now is None else now
    found = sort_by_word(study.known, range(study.total))
    how = standing(study, now)
    counts = {word: len(numbers) for word, numbers in found.items()}
    more = list(_more(study, found, how, now))
    following: list[tuple[tuple[str, ...], str]] = []
    for note in notes.items(study, paint=Paint(on=False), now=now):
        if note.words:
            following.append((tuple(map(str, note.words)), note.text))
        else:
            more.append(note.text)
    known = {command for command, _ in following}
    following += [each for each in _next(study, found, how) if each[0] not in known]
    return StudyExplanation(f"{study.state}: {in_words(counts)}", more, following)


def _more(study: StudyView, found: dict[str, list[int]], how: Standing, now: int) -> Iterator[str]:
    if numbers := found.get("failed"):
        why = Counter(cause(each) for each in study.instances(numbers))
        yield f"Failed: {_counted(why)}."
    if numbers := found.get("blocked"):
        yield f"Blocked: {_counted(blockers(study, study.instances(numbers)), 'by ')}."
    if study.state != "RUNNING":
        return
    if numbers := found.get("running"):
        running = study.instances(numbers)
        longest = min(running, key=lambda each: each.started or now)
        lasts = short_duration(longest.run_time(now) or 0)
        jobs = "1 job has" if how.started == 1 else f"{how.started} jobs have"
        yield f"{jobs} started; the longest runs for {lasts}: {longest.name}."
    if numbers := found.get("queued"):
        yield from _of_queued(study, numbers, how)
    if numbers := found.get("waiting"):
        yield f"{len(numbers)} wait for other steps to finish."
    if how.left is not None:
        yield f"It may end in {short_duration(how.left.left)} (from {how.left.finished} finished)."


def _of_queued(study: StudyView, numbers: Sequence[int], how: Standing) -> Iterator[str]:
    queued = study.instances(numbers)
    pending = [each for each in queued if each.state == "PENDING"]
    later = [each for each in queued if each.state == "WAITING"]
    ready = len(queued) - len(pending) - len(later)
    if pending:
        reasons = Counter(each.reason for each in pending if each.reason)
        why = f": {_counted(reasons)}" if reasons else ""
        yield f"{len(pending)} submitted and not started{why}."
    if later:
        reasons = Counter(each.reason or "a retry pauses" for each in later)
        yield f"{len(later)} tried again later: {_counted(reasons)}."
    if ready:
        submitted = how.started + how.waiting
        holds = how.throttle and submitted >= how.throttle
        why = f"the throttle lets {how.throttle} be submitted at once" if holds else "a free slot"
        yield f"{ready} may run; {why if holds else f'they wait for {why}'}."


def _counted(found: Counter[str] | dict[str, int], before: str = "") -> str:
    """Return ``exit code 7 (12), time-out (1)``, the most frequent first."""
    ranked = sorted(found.items(), key=lambda item: -item[1])
    shown = ", ".join(f"{before}{name} ({number})" for name, number in ranked[:_MOST])
    rest = sum(number for _, number in ranked[_MOST:])
    return shown + (f", and {rest} more" if rest else "")


def _next(
    study: StudyView, found: dict[str, list[int]], how: Standing
) -> Iterator[tuple[tuple[str, ...], str]]:
    where = shorter(study.root)
    if failed := found.get("failed"):
        name = study.graph.names[failed[0]]
        yield ("maestro", "status", "--failed", where), "What failed, and why"
        yield ("maestro", "logs", where, name), "What the first that failed printed"
    if study.state in ("FAILED", "CANCELLED"):
        yield ("maestro", "resume", where), "Once the cause is gone"
    if study.state != "RUNNING":
        return
    if how.throttle and found.get("queued") and how.started + how.waiting >= how.throttle:
        yield ("maestro", "update", "--throttle", str(2 * how.throttle), where), "More at once"
    yield ("maestro", "status", "--watch", where), "Follow it"
