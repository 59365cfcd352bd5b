"""A study that is opened to its group.

A fault here would be a file that the group cannot read, or one that it should not.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from maestro_cli.study.group_access import ask_owner, open_to_group, owner


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_group_reads_all_but_the_environment(tmp_path: Path) -> None:
    out = tmp_path / "OUT"
    (out / "meta").mkdir(parents=True)
    for path in (out, out / "meta"):
        path.chmod(0o700)
    files = [out / "meta/study.yaml", out / "meta/environment.yaml"]
    for path in files:
        path.touch(mode=0o600)
    outside = tmp_path / "outside"
    outside.touch(mode=0o600)
    (out / "link").symlink_to(outside)
    open_to_group(out, os.getgid())
    assert mode(out) == 0o3770
    assert mode(out / "meta") == 0o2750
    assert [mode(path) for path in files] == [0o640, 0o600]
    assert mode(outside) == 0o600


def test_the_owner_is_named(tmp_path: Path) -> None:
    import pwd

    me = pwd.getpwuid(os.getuid()).pw_name
    assert owner(tmp_path) == me
    assert owner(tmp_path / "none") == "somebody else"
    assert ask_owner(tmp_path).startswith(f"it belongs to {me}: ")
