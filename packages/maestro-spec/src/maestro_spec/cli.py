"""Run `maestro-spec`: lint study files, print their JSON Schema, explain the diagnostics."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path as FilePath
from typing import TextIO

import attrs

from maestro_spec.__about__ import __version__
from maestro_spec.diagnostics.codes import CODES
from maestro_spec.diagnostics.problems import Problem, problem
from maestro_spec.errors import SpecError, StudyInvalid
from maestro_spec.lint.run import check
from maestro_spec.loading import read, read_text
from maestro_spec.schema.suggest import Suggester
from maestro_spec.yaml.nodes import Document
from maestro_spec.yaml.source import MAX_BYTES, decode

OK, PROBLEMS, UNREADABLE = 0, 1, 2

#: what a study file is called, where a folder is searched
SUFFIXES = frozenset({".yaml", ".yml"})

STDIN = "<stdin>"


@attrs.frozen
class Linted:
    """One file and what was found in it."""

    name: str
    document: Document | None
    problems: tuple[Problem, ...]
    unreadable: bool = False


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code: 0 clean, 1 problems, 2 could not read."""
    try:
        options = _parse(arguments)
        command: Callable[[argparse.Namespace], int] = options.run
        return command(options)
    except BrokenPipeError:  # the reader has left (`| head`)
        _hush()
        return PROBLEMS
    except OSError as error:
        if error.filename is not None:
            raise
        # A file that cannot be read is reported like a problem: this is the output.
        _hush()
        sys.stderr.write(f"maestro-spec: standard output: {error.strerror}\n")
        return UNREADABLE
    except KeyboardInterrupt:
        return 130


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    try:
        return _parser().parse_args(arguments)
    except SystemExit:  # `--help` and `--version` have said what there is to say
        sys.stdout.flush()
        raise


def _hush() -> None:
    """Drop what stdout still holds; Python would complain once more when it closes it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="maestro-spec", description="Check study files, before they run."
    )
    parser.add_argument("--version", action="version", version=f"maestro-spec {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    lint = commands.add_parser("lint", help="check study files")
    lint.add_argument("files", nargs="+", metavar="FILE", help="a file, a folder, or - for stdin")
    lint.add_argument("--format", choices=("text", "json", "github", "sarif"), default="text")
    lint.add_argument("--strict", action="store_true", help="warnings count as problems, too")
    lint.add_argument(
        "--select", type=_codes, action="extend", metavar="CODE", help="show this code only"
    )
    lint.add_argument(
        "--ignore", type=_codes, action="extend", metavar="CODE", help="do not show this code"
    )
    lint.add_argument(
        "--parameter",
        action="append",
        metavar="NAME",
        help="a parameter that the pgen file gives; repeat it for each",
    )
    lint.add_argument("--colour", "--color", choices=("auto", "always", "never"), default="auto")
    lint.set_defaults(run=_lint)

    schema = commands.add_parser("schema", help="print a JSON Schema of the study file")
    schema.set_defaults(run=_schema)

    explain = commands.add_parser("explain", help="tell what a code means")
    explain.add_argument("code", nargs="?", help="MS301, say; all of them by default")
    explain.add_argument("--format", choices=("text", "markdown"), default="text")
    explain.set_defaults(run=_explain)
    return parser


def _codes(text: str) -> list[str]:
    """Return codes, or beginnings of codes (`MS2`), that are separated by commas."""
    codes = text.upper().split(",")
    for code in codes:
        if not code or not any(known.startswith(code) for known in CODES):
            hint = Suggester().did_you_mean(code, CODES) or "`maestro-spec explain` lists all."
            raise argparse.ArgumentTypeError(f"there is no code {code}. {hint}")
    return codes


# lint


def _lint(options: argparse.Namespace) -> int:
    # A document is many small objects without cycles, which the collector would look at in vain.
    gc.disable()
    linted = [
        attrs.evolve(one, problems=tuple(p for p in one.problems if _is_wanted(p, options)))
        for name in options.files
        for one in _lint_one(name, options.parameter)
    ]
    _write(_rendered(linted, options), sys.stdout)
    if any(one.unreadable for one in linted):
        return UNREADABLE
    counted = {"error", "warning"} if options.strict else {"error"}
    wrong = any(p.severity in counted for one in linted for p in one.problems)
    return PROBLEMS if wrong else OK


def _is_wanted(found: Problem, options: argparse.Namespace) -> bool:
    if options.select and not found.code.startswith(tuple(options.select)):
        return False
    return not (options.ignore and found.code.startswith(tuple(options.ignore)))


def _lint_one(name: str, parameters: list[str] | None) -> Iterator[Linted]:
    if name == "-":
        yield _lint_stdin(parameters)
        return
    path = FilePath(name)
    if not path.is_dir():
        yield _lint_file(name, path, parameters)
        return
    files = sorted(f for f in path.rglob("*") if f.suffix in SUFFIXES and f.is_file())
    for file in files:
        yield _lint_file(str(file), file, parameters)
    if not files:
        found = problem("MS001", None, (), f"There is no study file in {name}.")
        yield Linted(name, None, (found,), unreadable=True)


def _lint_file(name: str, path: FilePath, parameters: list[str] | None) -> Linted:
    try:
        reading = read(path)
    except SpecError as error:
        return Linted(name, None, error.problems, unreadable=True)
    problems = reading.problems
    if reading.study is not None:
        problems = tuple(check(reading.study, parameters=parameters))
    return Linted(name, reading.document, problems)


def _lint_stdin(parameters: list[str] | None) -> Linted:
    if sys.stdin is None:
        found = problem("MS001", None, (), "There is no standard input.")
        return Linted(STDIN, None, (found,), unreadable=True)
    try:
        text = decode(sys.stdin.buffer.read(MAX_BYTES + 1), STDIN)
    except StudyInvalid as error:
        return Linted(STDIN, None, error.problems)
    reading = read_text(text, STDIN, None, FilePath.cwd())
    problems = reading.problems
    if reading.study is not None:
        problems = tuple(check(reading.study, parameters=parameters))
    return Linted(STDIN, reading.document, problems)


def _rendered(linted: Sequence[Linted], options: argparse.Namespace) -> str:
    if options.format == "json":
        from maestro_spec.reporting.json import render_json

        return render_json([p for one in linted for p in one.problems])
    if options.format == "sarif":
        from maestro_spec.reporting.sarif import render_sarif

        return render_sarif([p for one in linted for p in one.problems])
    if options.format == "github":
        from maestro_spec.reporting.github import render_github

        return render_github([p for one in linted for p in one.problems])
    from maestro_spec.reporting.text import render_summary, render_text

    colour = options.colour == "always" or (options.colour == "auto" and _is_terminal(sys.stdout))
    text = "".join(render_text(one.problems, one.document, colour=colour) for one in linted)
    return text + render_summary([p for one in linted for p in one.problems], len(linted))


def _is_terminal(stream: TextIO) -> bool:
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _write(text: str, stream: TextIO) -> None:
    """Write a text, whatever the stream's encoding cannot say."""
    encoding = stream.encoding or "utf-8"
    stream.write(text.encode(encoding, "replace").decode(encoding))
    stream.flush()


# schema and explain


def _schema(_: argparse.Namespace) -> int:
    from maestro_spec.schema.json_schema import schema_text

    _write(schema_text(), sys.stdout)
    return OK


def _explain(options: argparse.Namespace) -> int:
    from maestro_spec.reporting.explain import explain_all, explain_one

    if options.code is None:
        _write(explain_all(options.format), sys.stdout)
        return OK
    code = options.code.upper()
    if code not in CODES:
        hint = Suggester().did_you_mean(code, CODES) or "`maestro-spec explain` lists all."
        sys.stderr.write(f"maestro-spec: there is no code {options.code}. {hint}\n")
        return UNREADABLE
    _write(explain_one(code, options.format), sys.stdout)
    return OK


if __name__ == "__main__":
    sys.exit(main())
