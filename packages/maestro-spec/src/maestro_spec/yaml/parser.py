"""Parse text into a document of nodes with their places, or say where it is no YAML."""

from __future__ import annotations

from collections.abc import Callable

import yaml
from yaml.events import Event

from maestro_spec.diagnostics.problems import Place, Problem, problem
from maestro_spec.errors import StudyInvalid, invalid
from maestro_spec.yaml import syntax_hints
from maestro_spec.yaml.composer import LIMITS, Composer
from maestro_spec.yaml.nodes import Document, Mark, Position
from maestro_spec.yaml.source import MAX_BYTES


def parse(text: str, name: str) -> tuple[Document, list[Problem]]:
    """Return text as a document, and what is wrong with it although it could be read.

    Raises:
        StudyInvalid: it is no YAML, or beyond the limits.
    """
    document = Document(name, text, None)
    if len(text) > MAX_BYTES or len(text.encode(errors="surrogatepass")) > MAX_BYTES:
        raise invalid(
            problem("MS004", Place(name, 1, 1, 1, 2), (), "The text is larger than 16 MiB.")
        )
    composer = Composer(document)
    try:
        document.root = composer.compose(_events(text))
    except yaml.MarkedYAMLError as error:
        _keep_limits_before(error, document)
        raise invalid(_syntax(document, error)) from error
    except yaml.reader.ReaderError as error:
        raise invalid(_unreadable_character(document, error)) from error
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        # The parser in Python has no better words for a lone surrogate or `"\UFFFFFFFF"`.
        place = Place(name, 1, 1, 1, 2)
        raise invalid(problem("MS003", place, (), f"This is no YAML: {error}.")) from error
    return document, composer.problems


def _keep_limits_before(error: yaml.MarkedYAMLError, document: Document) -> None:
    """Raise for a limit that the document is beyond before the place of a syntax error.

    The parser reads ahead of its events, and may have limits of its own: libyaml 0.2.6 nests no
    deeper than 1 000, and reports that as a syntax error, before it gives the first ``[``. What is
    before the error was read, so it is composed without the rest.

    Raises:
        StudyInvalid: there is such a limit.
    """
    if error.problem_mark is None:
        return
    before = document.text[: error.problem_mark.index]
    try:
        Composer(Document(document.name, before, None)).compose(_events(before))
    except StudyInvalid as found:
        if found.problems[0].code in LIMITS:
            raise
    except (yaml.YAMLError, ValueError, OverflowError):
        pass  # it ends in the middle of something; the error itself has the better words


class _PurePython(yaml.reader.Reader, yaml.scanner.Scanner, yaml.parser.Parser):
    """Parses where PyYAML was built without libyaml."""

    def __init__(self, text: str) -> None:
        yaml.reader.Reader.__init__(self, text)
        yaml.scanner.Scanner.__init__(self)
        yaml.parser.Parser.__init__(self)


def _events(text: str) -> Callable[[], Event | None]:
    """Return what gives the next event of a text, or None behind the last one."""
    # The stubs lack the name here.
    parser = yaml.cyaml.CParser if yaml.__with_libyaml__ else _PurePython  # type: ignore[attr-defined]
    get: Callable[[], Event | None] = parser(text).get_event
    return get


def _syntax(document: Document, error: yaml.MarkedYAMLError) -> Problem:
    mark: Mark = error.problem_mark or error.context_mark or Position()
    found = syntax_hints.find(document.text, mark.line)
    if found is not None:
        line, column = found.line + 1, found.column + 1
        place = Place(document.name, line, column, line, column + found.length)
        return problem("MS003", place, (), found.message, found.hint)
    what = (error.problem or "it cannot be parsed").strip()
    message = f"This is no YAML: {what}."
    hint = None
    if error.context_mark is not None and error.context:
        hint = (
            f"That was {error.context.strip()} that starts in line {error.context_mark.line + 1}."
        )
    line, column = mark.line + 1, mark.column + 1
    place = Place(document.name, line, column, line, column + 1)
    return problem("MS003", place, (), message, hint)


def _unreadable_character(document: Document, error: yaml.reader.ReaderError) -> Problem:
    # libyaml counts bytes, the parser in Python characters.
    before = document.text.encode(errors="surrogatepass")[: error.position].decode(errors="ignore")
    if not yaml.__with_libyaml__:
        before = document.text[: error.position]
    line = before.count("\n") + 1
    column = len(before) - before.rfind("\n")
    character = error.character if isinstance(error.character, int) else ord(error.character)
    message = f"The character U+{character:04X} is not allowed in YAML."
    place = Place(document.name, line, column, line, column + 1)
    return problem("MS003", place, (), message, "Remove it.")
