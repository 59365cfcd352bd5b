"""Show a study in one line: ``--summary``."""

from __future__ import annotations

from maestro_cli.study.tally import tally
from maestro_cli.study.workspace_view import StudyView
from maestro_cli.ui.paths import shorter
from maestro_cli.ui.sanitize import clean
from maestro_cli.ui.style import Paint
from maestro_cli.views.theme import state_style, word_style
from maestro_cli.views.time_text import short_duration


def line(study: StudyView, *, paint: Paint, now: int) -> str:
    """Return ``RUNNING     30 %  OUT  12 finished, 4 running, 24 waiting  (3 min 20 s)``."""
    counts = tally(study.known, range(study.total))
    done = study.total - study.known.unfinished()
    percent = 100 * done // study.total if study.total else 100
    state = paint(f"{study.state:<9}", state_style(study.state))
    parts = ", ".join(paint(f"{n} {word}", word_style(word)) for word, n in counts.items())
    age = short_duration(lasted(study, now))
    return f"{state}  {percent:3d} %  {clean(shorter(study.root))}  {parts}  ({age})"


def lasted(study: StudyView, now: int) -> float:
    """Return the seconds from the first submission to the last end, or to now while the study runs."""
    begun = [time for time in study.known.submitted if time >= 0]
    if not begun:
        return 0.0
    last = now if study.state == "RUNNING" else max([*study.known.ended, min(begun)])
    return (last - min(begun)) / 1000
