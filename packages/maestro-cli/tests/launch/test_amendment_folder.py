"""The folder in which an amendment is put together.

A fault here would be a workspace that is littered by a look at it, an amendment that is taken in
half, or one that is taken away while somebody looks at it.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from maestro_cli.errors import StudyError
from maestro_cli.launch.amendment_folder import AMENDMENTS, AmendmentFolder


def listing(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*"))


def test_what_is_not_kept_leaves_nothing(staged: Path) -> None:
    before = listing(staged)
    with AmendmentFolder(staged) as stage:
        assert stage.folder == staged / AMENDMENTS / f".{stage.id}.tmp"
        (stage.folder / "meta").mkdir()
        (stage.folder / "meta/x.yaml").write_text("x")
    assert listing(staged) == before


def test_an_error_leaves_nothing(staged: Path) -> None:
    before = listing(staged)
    with pytest.raises(KeyboardInterrupt), AmendmentFolder(staged):
        raise KeyboardInterrupt
    assert listing(staged) == before


def test_what_is_kept_has_its_name(staged: Path) -> None:
    with AmendmentFolder(staged) as stage:
        (stage.folder / "graph.msgpack").write_bytes(b"x")
        stage.keep()
        assert stage.folder == staged / AMENDMENTS / stage.id
    assert (staged / AMENDMENTS / stage.id / "graph.msgpack").read_bytes() == b"x"
    assert os.listdir(staged / AMENDMENTS) == [stage.id]
    assert not stat.S_IMODE((staged / AMENDMENTS).stat().st_mode) & 0o077


def test_one_that_a_killed_process_left_is_removed_and_one_in_use_stays(staged: Path) -> None:
    left = staged / AMENDMENTS / ".0123456789ab.tmp"
    left.mkdir(parents=True)
    (left / "x").write_text("x")
    kept = staged / AMENDMENTS / "0123456789ab"
    kept.mkdir()
    with AmendmentFolder(staged) as first, AmendmentFolder(staged) as second:
        assert not left.exists()
        assert first.folder.exists()
        assert second.folder.exists()
    assert os.listdir(staged / AMENDMENTS) == ["0123456789ab"]


def test_the_group_of_a_shared_workspace_may_read_it(staged: Path) -> None:
    (staged / ".maestro").chmod(0o750)
    with AmendmentFolder(staged) as stage:
        meta = stage.folder / "meta"
        meta.mkdir(mode=0o700)
        for name in ("metadata.yaml", "environment.yaml"):
            (meta / name).touch(mode=0o600)
        stage.keep()
    meta = stage.folder / "meta"
    assert stat.S_IMODE((staged / AMENDMENTS).stat().st_mode) == 0o750
    assert (meta / "metadata.yaml").stat().st_mode & 0o040
    assert not (meta / "environment.yaml").stat().st_mode & 0o040


def test_what_cannot_be_written_is_one_error_and_leaves_nothing(staged: Path) -> None:
    before = listing(staged)
    with (
        pytest.raises(StudyError, match=r"cannot be put together: .*No space left") as told,
        AmendmentFolder(staged) as stage,
        stage.written(),
    ):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert "stays as it is" in told.value.hint
    assert listing(staged) == before


def test_what_nobody_will_ask_for_is_taken_away(staged: Path) -> None:
    before = listing(staged)
    with AmendmentFolder(staged) as stage:
        stage.keep()
        stage.discard()
    assert listing(staged) == before
