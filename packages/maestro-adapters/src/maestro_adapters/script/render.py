"""Renders a job's scripts: interpreter, directives, an empty line, the command, a line end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from maestro_adapters.errors import RequestError
from maestro_adapters.interface import Rendered
from maestro_adapters.job.request import JobRequest
from maestro_adapters.script import launcher

__all__ = ["free_options", "interpreter_line", "option_items", "render", "single_line"]


def render(
    request: JobRequest,
    suffix: str,
    directives: Sequence[str],
    launch: Callable[[int | None, int | None], str],
) -> Rendered:
    """Make the answer of `Adapter.render`, without ``prepared``.

    Args:
        request: of the job.
        suffix: ending of the scripts, with its dot.
        directives: lines below the interpreter; left out of a script that runs locally.
        launch: from nodes and procs to the words of the adapter's own launcher. A template of the
            study replaces it; a script that runs locally has none of its own.
    """

    def words(nodes: int | None, procs: int | None) -> str:
        if request.launcher is not None:
            return request.templated_launcher(nodes, procs)
        return launch(nodes, procs) if request.scheduled else ""

    def script(command: str) -> str:
        lines = [interpreter_line(request.shell), *(directives if request.scheduled else ())]
        # A number of nodes that is only the study's default is left to the scheduler.
        body = launcher.substitute(command, words, nodes=request.step_nodes, procs=request.procs)
        return "\n".join(lines) + f"\n\n{body}\n"

    restart = request.restart
    return {
        "script": script(request.command),
        "restart": script(restart) if restart else None,
        "suffix": suffix,
        "script_name": f"{request.name}{suffix}",
        "restart_name": f"{request.label}.restart{suffix}" if restart else None,
        "slots": (request.procs or 1) * (request.cores_per_task or 1),
    }


def interpreter_line(shell: str) -> str:
    """Write the first line of a script.

    All that stands behind the interpreter reaches it as one argument (execve(2), "Interpreter
    scripts"), so ``/bin/bash -eo pipefail`` would be refused by bash. ``env -S`` takes it apart.
    """
    words = shell.split()
    is_env = bool(words) and words[0].rpartition("/")[2] == "env"
    if len(words) <= 2 or (is_env and words[1].startswith("-")):
        return f"#!{shell}"
    if is_env:
        return f"#!{words[0]} -S {' '.join(words[1:])}"
    return f"#!/usr/bin/env -S {' '.join(words)}"


def option_items(options: Mapping[str, object]) -> Iterator[tuple[str, str | None]]:
    """Yield free-form options as pairs of name and value; None: a bare option.

    A value of None, true or an empty text makes a bare option, false leaves it out, a list repeats it.

    Raises:
        RequestError: a value is a map, which these options have no form for.
    """
    for name, value in options.items():
        for item in value if isinstance(value, (list, tuple)) else [value]:
            if isinstance(item, Mapping):
                raise RequestError(f"the option {name} holds a map: give a text or a number")
            if item is None or item is True or item == "":
                yield name, None
            elif item is not False:
                yield name, str(item)


def free_options(options: Mapping[str, object]) -> Iterator[str]:
    """Yield free-form options as words: `--name=value`, `-n value`, and `--name` for a bare one.

    Raises:
        RequestError: as `option_items`.
    """
    for name, value in option_items(options):
        option, joint = (f"-{name}", " ") if len(name) == 1 else (f"--{name}", "=")
        yield option if value is None else f"{option}{joint}{value}"


def single_line(text: str) -> str:
    """Put a text on one line, as a directive is: runs of white space and control characters are one blank."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
