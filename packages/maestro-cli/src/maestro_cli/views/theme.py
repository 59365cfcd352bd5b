"""Map states to colours."""

from __future__ import annotations

STATE_STYLES = {
    "FINISHED": "green",
    "DRYRUN": "green",
    "SKIPPED": "green",
    "RUNNING": "bold cyan",
    "FINISHING": "cyan",
    "PENDING": "yellow",
    "WAITING": "yellow",
    "QUEUED": "yellow",
    "FAILED": "bold red",
    "TIMEDOUT": "bold red",
    "HWFAILURE": "bold red",
    "INCOMPLETE": "red",
    "UNKNOWN": "magenta",
    "CANCELLED": "magenta",
    "STOPPED": "bold yellow",
    "DEAD": "bold red",
    "STAGED": "yellow",
}


def state_style(state: str) -> str:
    """Return the style of a state's word, of a step or of a study; ``held`` may stand behind it."""
    if state.endswith(" held"):
        return STATE_STYLES.get(state.removesuffix(" held"), "yellow")
    return STATE_STYLES.get(state, "")


_WORD_STYLES = {
    "finished": "green",
    "running": "bold cyan",
    "queued": "yellow",
    "waiting": "dim",
    "blocked": "red",
    "failed": "bold red",
    "cancelled": "magenta",
    "held": "bold yellow",
    "skipped": "green",
    "unknown": "magenta",
}


def word_style(word: str) -> str:
    """Return the style of one of :data:`maestro_cli.study.tally.WORDS`."""
    return _WORD_STYLES.get(word, "")
