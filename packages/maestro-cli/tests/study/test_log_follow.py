"""Log files as they are shown and followed.

A fault here would be output that is lost, shown twice or out of order, an escape sequence on a
terminal, or a following that never ends.
"""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from maestro_cli.errors import StudyError
from maestro_cli.study.log_follow import Source, _readable, of_steps, of_study, show
from maestro_cli.study.selection import Selection
from maestro_cli.study.workspace_view import open_study
from maestro_conductor.app.conduct import log_path_of


def source(*paths: Path, raw: bool = False) -> Source:
    return Source(lambda: paths, lambda: True, lambda line: f"<{line}>", raw=raw)


@pytest.mark.parametrize(
    ("text", "lines", "shown"),
    [
        ("a\nb\nc\n", None, "<a>\n<b>\n<c>\n"),
        ("a\nb\nc\n", 2, "<b>\n<c>\n"),
        ("a\nb\nc", 2, "<b>\n<c>"),
        ("a\nb\nc\n", 0, ""),
        ("a\nb\n", 9, "<a>\n<b>\n"),
        ("", 2, ""),
        (f"{'x' * 70_000}\n" * 3, 1, f"<{'x' * 70_000}>\n"),
    ],
    ids=range(7),
)
def test_the_last_lines_of_a_file(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    text: str,
    lines: int | None,
    shown: str,
) -> None:
    path = tmp_path / "log"
    path.write_text(text)
    assert show(source(path), lines=lines, follow=False)
    assert capsys.readouterr().out == f"==> {path} <==\n{shown}"


def test_each_file_has_a_head(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text("1\n")
    two.write_text("2\n")
    show(source(one, two), lines=None, follow=False)
    assert capsys.readouterr().out == f"==> {one} <==\n<1>\n\n==> {two} <==\n<2>\n"


def test_no_file_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert not show(source(), lines=None, follow=True)
    assert capsys.readouterr().out == ""


def test_what_is_added_until_the_end_is_shown_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What a step writes between the last look and its end is shown, too."""
    old, new = tmp_path / "old", tmp_path / "new"
    old.write_text("begun\n")
    there = [old]

    def ended() -> bool:
        with old.open("a") as file:
            file.write("half")
        new.write_text("other\n")
        there.append(new)
        return True

    following = Source(lambda: there, ended, str.upper, raw=False)
    assert show(following, lines=None, follow=True)
    shown = capsys.readouterr().out
    assert shown == f"==> {old} <==\nBEGUN\nHALF\n==> {new} <==\nOTHER\n"


def test_a_file_that_was_replaced_by_a_shorter_one_is_shown_from_its_beginning(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "log"
    path.write_text("long and old\n")

    def ended() -> bool:
        path.write_text("new\n")
        return True

    show(Source(lambda: [path], ended, str, raw=False), lines=0, follow=True)
    assert capsys.readouterr().out.endswith("<==\nnew\n")


def test_a_pipe_gets_the_bytes_as_they_are(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    path = tmp_path / "log"
    path.write_bytes(b"\x1b[1m\xff\n")
    show(source(path, raw=True), lines=None, follow=False)
    assert capfdbinary.readouterr().out.endswith(b"<==\n\x1b[1m\xff\n")


def test_a_log_that_is_no_file_is_named_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "log").symlink_to("secret")
    show(source(tmp_path / "log"), lines=None, follow=True)
    told = capsys.readouterr()
    assert told.err == f"{tmp_path / 'log'} is not shown: it is a link, not a file\n"
    assert "secret" not in told.out


def test_the_output_of_a_step_elsewhere_is_not_read(failed: Path, tmp_path: Path) -> None:
    (failed / "make/N.2").rename(tmp_path / "elsewhere")
    (failed / "make/N.2").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StudyError, match="link out of the workspace"):
        of_steps(open_study(failed), Selection(("make",)))


def test_the_log_is_told_in_words(failed: Path) -> None:
    log = log_path_of(failed, "chain")
    log.parent.mkdir(exist_ok=True)
    log.touch()
    found = of_study(open_study(failed))
    assert list(found.files()) == [log]
    assert found.ended()
    line = {"timestamp": "2026-11-22T10:00:00Z", "level": "info", "event": "started", "pid": 3}
    shown = found.render(json.dumps(line))
    assert "started" in shown
    assert "pid" in shown
    assert "{" not in shown


def test_a_study_without_a_log_says_so(staged: Path) -> None:
    with pytest.raises(StudyError, match="has no log"):
        of_study(open_study(staged))


def test_the_output_of_steps(failed: Path) -> None:
    found = of_steps(open_study(failed), Selection(("make",)))
    names = [path.name for path in found.files()]
    assert names == ["make_N.2.1001.out", "make_N.2.1001.err"]
    assert found.ended()
    assert found.render("\x1b[2J") == "\\x1b[2J"


@pytest.mark.parametrize("line", ["[" * 200_000, '{"a":' * 200_000, "{}", "[]", '{"timestamp": 1}'])
def test_a_line_of_the_log_that_is_none_of_ours_is_shown_as_it_is(failed: Path, line: str) -> None:
    log = log_path_of(failed, "chain")
    log.parent.mkdir(exist_ok=True)
    log.touch()
    assert of_study(open_study(failed)).render(line) == line


def test_the_log_is_shown_in_local_time(monkeypatch: pytest.MonkeyPatch) -> None:
    line = json.dumps({"timestamp": "2026-11-22T10:00:00.5Z", "level": "info", "event": "begun"})
    monkeypatch.setenv("TZ", "Etc/GMT-2")
    time.tzset()
    assert _readable(line) == "2026-11-22 12:00:00 +02 INFO     begun "
