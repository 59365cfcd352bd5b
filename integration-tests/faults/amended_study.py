"""A study that is amended while something goes wrong; what is seen then is the old one or the new one, whole."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from maestro_cli.launch import amendment
from maestro_cli.launch.amended_order import Wishes, order_of
from maestro_cli.launch.amendment_folder import AmendmentFolder
from maestro_cli.study.requests import request_amend
from maestro_conductor.journal import read_state
from maestro_conductor.workspace.amendment_files import waiting_amendments
from maestro_conductor.workspace.conductor_lock import holder
from waiting import wait_until

#: Each command notes in the study's folder that it ran, and by which token. `make` is not edited, `post` is, `extra` is taken out, and a
#: row is added.
STUDY = """\
description: {name: edited, description: is amended}
batch: {type: local, local_slots: 4, shell: /bin/sh}
study:
  - name: make
    description: stays as it is
    run: {cmd: "echo make_$(N) $MAESTRO_TOKEN >> $(OUTPUT_PATH)/ran; sleep SECONDS; echo $(N) > made"}
  - name: post
    description: becomes another one
    run: {cmd: "echo post_$(N) $MAESTRO_TOKEN >> $(OUTPUT_PATH)/ran; cat $(make.workspace)/made > post", depends: [make]}
  - name: extra
    description: is taken out
    run: {cmd: "echo extra_$(N) $MAESTRO_TOKEN >> $(OUTPUT_PATH)/ran; sleep SECONDS", depends: [make]}
  - name: all
    description: of everything
    run: {cmd: "echo all $MAESTRO_TOKEN >> $(OUTPUT_PATH)/ran; cat $(post.workspace)/*/post > all", depends: [post_*]}
global.parameters:
  N: {values: [1, 2, 3], label: N.%%}
"""

_OLD = {f"{step}_N.{n}" for step in ("make", "post", "extra") for n in (1, 2, 3)} | {"all"}
_NEW = {f"{step}_N.{n}" for step in ("make", "post") for n in (1, 2, 3, 4)} | {"all"}


def write_study(folder: Path, seconds: float) -> Path:
    """Write the study's file.

    Args:
        folder: where; it is made.
        seconds: that some of its commands take.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "study.yaml"
    path.write_text(STUDY.replace("SECONDS", str(seconds)), encoding="utf-8")
    return path


def edit(path: Path, word: str = "edited") -> None:
    """Edit the study's file.

    Args:
        path: of the file.
        word: that its commands write.
    """
    before, _, rest = path.read_text(encoding="utf-8").partition("  - name: extra")
    text = f"{before}  - name: all{rest.partition('  - name: all')[2]}"
    text = text.replace("> post,", f"> post; echo {word} >> post,").replace(
        '> post"', f'> post; echo {word} >> post"'
    )
    path.write_text(text.replace("[1, 2, 3]", "[1, 2, 3, 4]"), encoding="utf-8")


def ask(root: Path, study: Path) -> None:
    """Put an amendment together, and ask for it, as `maestro amend` does; take nothing in."""
    with AmendmentFolder(root) as folder:
        amendment.stage(order_of(root, Wishes(study_file=str(study))), folder)
        folder.keep()
        request_amend(root, folder.id, only_new=False, descendants=True)


def maestro(*words: object) -> list[str]:
    return [sys.executable, "-m", "maestro_cli", *map(str, words)]


def run(
    *words: object, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command of `maestro` to its end."""
    return subprocess.run(
        maestro(*words),
        capture_output=True,
        stdin=subprocess.DEVNULL,
        text=True,
        check=False,
        timeout=120,
        env={**os.environ, "COLUMNS": "200", **(environment or {})},
    )


def ran(root: Path) -> Counter[str]:
    """How often each instance has begun."""
    return Counter(line.split()[0] for line in _notes(root))


def _notes(root: Path) -> list[str]:
    try:
        return (root / "ran").read_text().splitlines()
    except FileNotFoundError:
        return []


def is_new(root: Path) -> bool:
    """Look at the study, and tell whether it is the new one; else it is the old one. Both are whole."""
    graph, state = read_state(root)
    assert len(state) == len(graph.names)
    names = set(graph.names)
    assert names in (_OLD, _NEW)
    assert bool(state.amended) == (graph.amendment is not None) == (names == _NEW)
    told: dict[str, Any] = json.loads(run("status", "--json", root).stdout)
    # A conductor that lives may have amended it meanwhile.
    assert {step["name"] for step in told["steps"]} in (names, _NEW)
    return names == _NEW


def bring_to_its_end(root: Path, study: Path) -> None:
    """Amend the study, if it is not and nobody has asked for that, and run it to its end."""
    done = run("amend", "-y", root, study)
    assert done.returncode == 0 or "waits for its next start" in done.stderr, done.stderr
    done = run("resume", root)
    assert done.returncode == 0 or "another conductor holds" in done.stderr, done.stderr
    wait_until(lambda: holder(root) is None)
    graph, state = read_state(root)
    assert (state.outcome, set(graph.names)) == (("FINISHED", 0), _NEW)
    check_end(root)


def check_end(root: Path) -> None:
    """That it is as after a fresh run of the new study, and what was not edited ran once."""
    assert list(wrong(root)) == []
    found = ran(root)
    assert {found[f"make_{n}"] for n in range(1, 5)} == {1}
    assert {found[f"post_{n}"] for n in range(1, 5)} <= {1, 2}
    assert found["post_4"] == 1
    assert found["all"] in (1, 2)


def wrong(root: Path) -> Iterator[str]:
    """What is not as after a fresh run of the new study, or ran twice under one token, or was left behind."""
    numbers = range(1, 5)
    posts = [f"{n}\nedited\n" for n in numbers]
    wanted = {
        **{f"make/N.{n}/made": f"{n}\n" for n in numbers},
        **{f"post/N.{n}/post": posts[n - 1] for n in numbers},
        "all/all": "".join(posts),
    }
    for name, text in wanted.items():
        path = root / name
        found = path.read_text() if path.exists() else None
        if found != text:
            yield f"{name} is {found!r}"
    twice = [note for note, count in Counter(_notes(root)).items() if count > 1]
    if twice:
        yield f"these ran twice: {twice}"
    private = root / ".maestro"
    left = [*root.glob("**/.*.tmp"), *(private / "requests").glob("[!.]*")]
    left += [path for path in (private / "claimed").glob("*") if path.suffix != ".bad"]
    left += [private / "amendments" / name for name in waiting_amendments(root)]
    if left:
        yield f"these are left: {left}"
