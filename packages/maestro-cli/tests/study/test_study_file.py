"""Whether the study file was edited since it was expanded.

A fault here would be an edit that is ignored in silence, or a note about one that nobody made.
"""

from __future__ import annotations

from pathlib import Path

from maestro_cli.study.study_file import IN_FORCE, edited_study_file


def test_nothing_was_edited(staged: Path) -> None:
    assert (staged / IN_FORCE).read_bytes() == (staged / "chain.yaml").read_bytes()
    assert edited_study_file(staged) is None


def test_the_copy_goes_before_the_file_that_it_was_copied_from(staged: Path) -> None:
    source = staged.parent / "chain.yaml"
    source.write_text(source.read_text() + "# one more row, soon\n")
    assert edited_study_file(staged) == source
    copy = staged / "chain.yaml"
    copy.write_text(copy.read_text() + "# mended\n")
    assert edited_study_file(staged) == copy


def test_files_that_are_gone_or_are_none_say_nothing(staged: Path) -> None:
    (staged.parent / "chain.yaml").unlink()
    assert edited_study_file(staged) is None
    (staged / "chain.yaml").unlink()
    (staged / "chain.yaml").mkdir()
    assert edited_study_file(staged) is None


def test_a_workspace_of_an_older_version_does_not_tell(staged: Path) -> None:
    (staged / "chain.yaml").write_text("other")
    (staged / IN_FORCE).unlink()
    assert edited_study_file(staged) is None


def test_a_damaged_workspace_does_not_tell(staged: Path) -> None:
    (staged.parent / "chain.yaml").write_text("other")
    (staged / ".maestro/spec.msgpack").write_bytes(b"\xc1")
    assert edited_study_file(staged) is None
    (staged / "chain.yaml").write_text("other")
    (staged / ".maestro/run.msgpack").write_bytes(b"\xc1")
    assert edited_study_file(staged) is None
