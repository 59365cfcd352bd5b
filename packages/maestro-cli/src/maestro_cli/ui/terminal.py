"""The terminal: width, colour, questions, the pager, and what may be sent to it.

Every text that is not ours (names, parameters, paths, logs, answers of schedulers) goes through
:func:`clean` before it is printed, so that no escape sequence of somebody else's reaches the
terminal.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from typing import TextIO

from maestro_cli.errors import StudyError

#: C0 and C1 controls, DEL, the marks that reorder text, and lone surrogates (bytes that were no
#: UTF-8). U+2028 and U+2029 end lines in some terminals.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]+"
)
#: No shell sees anything in these.
_PLAIN_WORD = re.compile(r"[-\w@%+=:,./]+", re.ASCII)
_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}

_STYLES = {
    "bold": "1",
    "dim": "2",
    "red": "31",
    "green": "32",
    "yellow": "33",
    "blue": "34",
    "magenta": "35",
    "cyan": "36",
}


def _visible(match: re.Match[str]) -> str:
    return match.group().translate(_SHOWN)


class _Shown(dict[int, str]):
    """How each character is shown, by its number; a log may hold a million of them."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        if char in _NAMED:
            shown = _NAMED[char]
        elif 0xDC80 <= code <= 0xDCFF:  # surrogateescape: the byte itself
            shown = f"\\x{code - 0xDC00:02x}"
        else:
            shown = f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
        self[code] = shown
        return shown


_SHOWN = _Shown()


def clean(text: object, *, lines: bool = False) -> str:
    r"""Makes foreign text harmless: each control character becomes visible (``\x1b``).

    Args:
        text: Anything; ``str(text)`` is shown.
        lines: Keep line ends, and turn tabs into four spaces.
    """
    raw = str(text)
    if raw.isascii() and raw.isprintable():
        return raw
    if lines:
        return "\n".join(
            _UNSAFE.sub(_visible, line.replace("\t", "    ")) for line in raw.splitlines()
        )
    return _UNSAFE.sub(_visible, raw)


def word(path: object) -> str:
    """A path as a word of a command that people copy into their shell: quoted where it must be."""
    text = str(path)
    if _PLAIN_WORD.fullmatch(text):
        return text
    if clean(text) == text:
        return "'" + text.replace("'", "'\"'\"'") + "'"
    # The quoting of bash, zsh and ksh that holds any byte.
    return "$'" + "".join(map(_escaped, text.encode("utf-8", "surrogateescape"))) + "'"


def _escaped(byte: int) -> str:
    char = chr(byte)
    return char if char.isascii() and char.isprintable() and char not in "\\'" else f"\\x{byte:02x}"


def prepare() -> None:
    """Makes the standard streams accept any text, whatever their encoding is, also none at all."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:  # closed by whoever started us (`>&-`)
            setattr(sys, name, open(os.devnull, mode))  # noqa: PTH123, SIM115 - lives as long as we
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def is_terminal(stream: TextIO) -> bool:
    """Whether a person reads the stream."""
    try:
        return stream.isatty()
    except ValueError:  # closed
        return False


def unicode_ok(stream: TextIO | None = None) -> bool:
    """Whether the stream's encoding holds box-drawing characters."""
    encoding = getattr(stream or sys.stdout, "encoding", None) or "ascii"
    try:
        "│━█…".encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def colour_ok(stream: TextIO | None = None) -> bool:
    """Whether colours are wanted: see https://no-color.org."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return is_terminal(stream or sys.stdout) and os.environ.get("TERM", "dumb") != "dumb"


def width(stream: TextIO | None = None) -> int | None:
    """Columns that a line may fill; None: no limit (a pipe, and no ``COLUMNS``)."""
    given = os.environ.get("COLUMNS", "")
    if given.isdigit() and int(given) > 0:
        return max(int(given), 20)
    try:
        return max(os.get_terminal_size((stream or sys.stdout).fileno()).columns, 20)
    except (OSError, ValueError):
        return None


def height() -> int | None:
    """Lines of the terminal; None when stdout is none."""
    try:
        return os.get_terminal_size(sys.stdout.fileno()).lines
    except (OSError, ValueError):
        return None


class Paint:
    """Styles text for a stream, or leaves it alone.

    Args:
        on: Whether the escape sequences are written; by default, what the stream is.
        stream: By default stdout.
    """

    def __init__(self, *, on: bool | None = None, stream: TextIO | None = None) -> None:
        self.on = colour_ok(stream) if on is None else on

    def __call__(self, text: str, style: str) -> str:
        """Gives ``text`` in ``style``, words of :data:`_STYLES` such as ``"bold red"``."""
        codes = ";".join(_STYLES[word] for word in style.split())
        return f"\x1b[{codes}m{text}\x1b[0m" if self.on and codes else text


def say(text: str = "") -> None:
    """Prints a line of ours to stdout; that its reader is gone stops nobody from what is to be done."""
    try:
        sys.stdout.write(text + "\n")
    except BrokenPipeError:
        hush()


def flush() -> None:
    """Gives stdout what it still holds; that its reader is gone does not matter."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        hush()


def lost_output() -> str | None:
    """Why stdout does not take what it still holds, which is given up then; None: it took all."""
    try:
        sys.stdout.flush()
    except OSError as error:
        hush()
        return None if isinstance(error, BrokenPipeError) else error.strerror
    return None


def hush() -> None:
    """The reader of stdout is gone: what else is said is lost, also when Python ends.

    See https://docs.python.org/3/library/signal.html#note-on-sigpipe.
    """
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def warn(text: str) -> None:
    """Prints a line of ours to stderr, after what stdout still holds, or could not take."""
    lost_output()
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def ask(
    question: str,
    choices: Sequence[str] = ("y", "n"),
    *,
    hint: str = "answer in advance, with --autoyes or --autono where the command has them",
) -> str:
    """Asks on stdout and reads a line from stdin.

    Args:
        question: What is asked.
        choices: What may be answered.
        hint: What to do where nobody can answer.

    Raises:
        StudyError: There is nobody to answer.
    """
    options = f"[{'/'.join(choices)}]" if choices else ""
    sys.stdout.write("".join(f"{part} " for part in (question, options) if part))
    sys.stdout.flush()  # a question that nobody can see is not asked
    line = sys.stdin.readline()
    if not line:
        say()
        raise StudyError(
            "there is nobody to answer the question: standard input is at its end",
            hint=hint,
        )
    if not is_terminal(sys.stdin):
        say()  # nobody typed the line end that moves the cursor on
    return line.strip()


def agreed(question: str) -> bool:
    """Asks a yes-or-no question; anything but yes is no."""
    return ask(question).lower() in {"y", "yes"}


def page(text: str, *, pager: bool = True) -> None:
    """Prints a long text, through the pager where it does not fit the screen.

    Args:
        text: Lines, the last with its line end.
        pager: False: print it, however long.
    """
    lines = height()
    if not pager or lines is None or text.count("\n") < lines or not is_terminal(sys.stdin):
        sys.stdout.write(text)
        sys.stdout.flush()
        return
    import shlex
    import shutil
    import subprocess

    # As pydoc, and so maestrowf, chooses.
    command = shlex.split(os.environ.get("MANPAGER") or os.environ.get("PAGER") or "less")
    if not command or shutil.which(command[0]) is None:
        sys.stdout.write(text)
        sys.stdout.flush()
        return
    if command[0].endswith("less"):
        command.append("-R")  # also where LESS says nothing of colours
    # As git does: keep colours and the screen's contents.
    environment = {"LESS": "FRX", "LV": "-c", **os.environ}
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        env=environment,
        encoding=sys.stdout.encoding or "utf-8",
        errors="backslashreplace",
    )
    try:
        process.communicate(text)
    except BrokenPipeError:  # the reader left early
        pass
    finally:
        while True:
            try:
                process.wait()
                break
            except KeyboardInterrupt:  # belongs to the pager, as `less` treats it
                continue
