"""Flips single bits in the files of a workspace, and looks at what comes of it.

    python bit_flips.py --tries 320 --seed 7

A study runs to its end: some steps have finished, one has failed. Another one's conductor died before
it noted any end, a third was made and never started. Then, for each try, one bit of one of the files
of one of them is flipped, and the commands that read the file are run. What each says and does must be
just what it is without the flip, or one refusal that names the file; no step that has finished runs
again, nothing ends in a traceback or hangs. Prints one line of JSON; the exit code is 0 if all held.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any, NoReturn

import attrs

from maestro_cli import app
from maestro_conductor.app import command as conductor_cli
from maestro_conductor.app import conduct
from maestro_conductor.journal import JournalReader
from maestro_graph import cli as graph_cli
from maestro_graph import workspace

__all__ = ["INJECTED", "NAME", "attempt", "main"]

NAME = "bit flips"
INJECTED = (
    "a single bit, five times, of any file of three workspaces: of a study that has ended, of one whose "
    "conductor died before it noted an end, and of one that was never started"
)

STUDY = """\
description: {name: bits, description: a study whose files are damaged}
study:
  - name: first
    description: runs once
    run: {cmd: "echo ran $(N) >> count"}
  - name: again
    description: succeeds at its second attempt
    run: {cmd: "echo ran >> count; test $(cat count | wc -l) -ge 2", retries: 1, retry_pause: 0}
  - name: bad
    description: fails
    run: {cmd: "echo ran >> count; exit 5", depends: [first_*]}
  - name: after
    description: never runs
    run: {cmd: "echo ran >> count", depends: [bad]}
"""
PGEN = """\
from maestrowf.datastructures.core import ParameterGenerator
def get_custom_generator(env, **kwargs):
    made = ParameterGenerator()
    made.add_parameter("N", [1, 2], "N.%%")
    return made
"""

#: Seconds after which a command counts as hanging; the longest takes about one.
PATIENCE = 120
BUG = 99

#: Loaded once, here: each command is a fork of this process.
LOADED = (conduct, workspace)


@attrs.frozen
class Said:
    """What a command said: exit code, standard output, standard error."""

    code: int
    out: str
    err: str


@attrs.frozen
class Scene:
    """What is damaged, and the commands that are run then.

    Attributes:
        root: the workspace.
        kept: a copy of it as it was.
        commands: name → what runs it.
        files: paths that are damaged, relative to the root; some stand there several times, so
            that they are hit more often.
        sights: what can be seen of a workspace afterwards, besides what was said.
    """

    root: Path
    kept: Path
    commands: dict[str, Callable[[], Said]]
    files: Sequence[str]
    sights: Callable[[], Any]

    def restore(self) -> None:
        """Put all files back as they were."""
        shutil.rmtree(self.root)
        shutil.copytree(self.kept, self.root)

    def play(self) -> tuple[dict[str, Said], dict[str, Any]]:
        """Run all commands; what each said, and what was to be seen after each."""
        said, seen = {}, {}
        for name, command in self.commands.items():
            said[name] = command()
            seen[name] = self.sights()
        return said, seen


def run(program: Callable[[Sequence[str]], int], *words: object) -> Said:
    """Run a command in a fork of this process."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        sys.stdout.flush()
        child = os.fork()
        if not child:
            _become(program, [str(word) for word in words], out.fileno(), err.fileno())
        signal.signal(signal.SIGALRM, lambda *_: os.kill(child, signal.SIGKILL))
        signal.setitimer(signal.ITIMER_REAL, PATIENCE)
        _, status = os.waitpid(child, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        texts = []
        for file in (out, err):
            file.seek(0)
            texts.append(file.read().decode("utf-8", "replace"))
        return Said(os.waitstatus_to_exitcode(status), *texts)


def _become(
    program: Callable[[Sequence[str]], int], words: list[str], out: int, err: int
) -> NoReturn:
    code = BUG
    try:
        nothing = os.open(os.devnull, os.O_RDONLY)
        for number, descriptor in enumerate((nothing, out, err)):
            os.dup2(descriptor, number)
        sys.stdout = open(1, "w", closefd=False)  # noqa: SIM115 - a descriptor
        sys.stderr = open(2, "w", closefd=False)  # noqa: SIM115
        try:
            code = program(words)
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else BUG
        sys.stdout.flush()
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def counts(root: Path) -> dict[str, int]:
    """How often each command ran, by folder."""
    return {
        str(path.parent.relative_to(root)): path.read_text().count("ran")
        for path in sorted(root.rglob("count"))
    }


def ended_scene(folder: Path) -> Scene:
    """A study that has run to its end; conductor and cli come back to it."""
    root = stage(folder, "ended")
    assert run(conductor_cli.main, root, "--no-logstdout").code == 2
    kept = folder / "ended.kept"
    shutil.copytree(root, kept)
    commands = {
        "status": lambda: run(app.main, "status", "--json", root),
        "csv": lambda: run(app.main, "status", "--csv", root),
        "summary": lambda: run(app.main, "status", "--summary", root),
        "why": lambda: run(app.main, "why", "--json", root, "*"),
        "logs": lambda: run(app.main, "logs", root, "bad"),
        "conductor": lambda: run(conductor_cli.main, root, "--no-logstdout"),
        "conductor --status": lambda: run(conductor_cli.main, root, "--status"),
        "resume": lambda: run(app.main, "-l", folder / "log", "resume", "-fg", "--json", root),
    }
    private = [f".maestro/{path.name}" for path in (root / ".maestro").glob("*.msgpack")]
    others = [str(path.relative_to(root)) for path in root.rglob(".attempt.*")]
    others += [str(path.relative_to(root)) for path in (root / "meta").iterdir()]
    files = sorted(private * 2 + others + ["status.csv", "batch.info", "study.yaml"])
    files += [".maestro/graph.msgpack"] * len(files)
    return Scene(root, kept, commands, files, lambda: counts(root))


def interrupted_scene(folder: Path) -> Scene:
    """A study whose conductor died before it noted any end; what the steps left tells of them.

    Attempt files are not damaged here: they have no checksums, and nothing else knows yet.
    """
    root = stage(folder, "interrupted")
    assert run(conductor_cli.main, root, "--no-logstdout").code == 2
    journal = root / ".maestro/journal.msgpack"
    size = 0
    with JournalReader(journal) as reader:
        for record in reader.read():
            if record["kind"] == "state":
                break
            size = reader.offset
    os.truncate(journal, size)
    kept = folder / "interrupted.kept"
    shutil.copytree(root, kept)
    commands = {
        "conductor": lambda: run(conductor_cli.main, root, "--no-logstdout"),
        "resume": lambda: run(app.main, "-l", folder / "log", "resume", "-fg", "--json", root),
    }
    files = [".maestro/graph.msgpack"] * 3 + [".maestro/run.msgpack", ".maestro/conductor.msgpack"]
    return Scene(root, kept, commands, files, lambda: counts(root))


def staged_scene(folder: Path) -> Scene:
    """A study that was made and never started; it is expanded anew."""
    root = stage(folder, "staged")
    kept = folder / "staged.kept"
    shutil.copytree(root, kept)
    graph = root / ".maestro/graph.msgpack"

    def digest() -> str:
        return hashlib.sha256(graph.read_bytes()).hexdigest()

    commands = {"expand": lambda: run(graph_cli.main, "expand", root)}
    files = [".maestro/spec.msgpack", ".maestro/parameters.msgpack"]
    return Scene(root, kept, commands, files, digest)


def stage(folder: Path, name: str) -> Path:
    """Make a study's workspace."""
    (folder / "study.yaml").write_text(STUDY)
    (folder / "pgen.py").write_text(PGEN)
    root = folder / name
    made = run(
        app.main, "run", "-n", "-o", root, "--pgen", folder / "pgen.py", folder / "study.yaml"
    )
    assert made.code == 0, made
    return root


def flip(path: Path, dice: Random) -> str:
    """Flip a bit of a file; says which."""
    content = bytearray(path.read_bytes())
    bit = dice.randrange(8 * len(content))
    content[bit // 8] ^= 1 << bit % 8
    path.write_bytes(content)
    return f"bit {bit % 8} of byte {bit // 8}"


def refused(said: Said, name: str) -> bool:
    """Whether it is one refusal that names the file."""
    told = said.out + said.err
    return said.code == 1 and Path(name).name in told and "internal error" not in told


def judge(
    name: str,
    usual: tuple[dict[str, Said], dict[str, Any]],
    now: tuple[dict[str, Said], dict[str, Any]],
    before: Any,
) -> Iterator[str]:
    """What is wrong after a flip in a file, a sentence each.

    Args:
        name: of the file.
        usual: what was said and seen without the flip.
        now: what was said and seen with it.
        before: what was to be seen before the first command.
    """
    last = before
    for command, said in now[0].items():
        seen, expected = now[1][command], usual[0][command]
        told = said.out + said.err
        if said.code < 0:
            yield f"{command}: hangs, or is killed by a signal"
        elif "Traceback" in told or said.code in (70, BUG):
            yield f"{command}: {told[-300:]}"
        elif refused(said, name):
            if seen != last:
                yield f"{command}: refused, and did something all the same: {last} → {seen}"
        elif (said.code, _plain(said.out, name)) != (expected.code, _plain(expected.out, name)):
            yield f"{command}: {said.code} {told[-300:]!r}, not {expected.code}"
        elif seen != usual[1][command]:
            yield f"{command}: {seen}, not {usual[1][command]}"
        last = seen


def _plain(out: str, name: str) -> str:
    """What was said, but for the time, and for who held the workspace last where that was hit."""
    if not out.startswith("{"):
        return out
    free = ["time"] + ["conductor"] * name.endswith("conductor.msgpack")
    lines = [json.loads(line) for line in out.splitlines()]
    return json.dumps([{**line, **dict.fromkeys(free)} for line in lines])


def flip_bits(folder: Path, tries: int, seed: int) -> list[str]:
    """Flip so many bits; what was wrong then."""
    dice = Random(seed)  # noqa: S311 - no secret
    scenes = [ended_scene(folder), interrupted_scene(folder), staged_scene(folder)]
    usual = []
    for scene in scenes:
        before = scene.sights()
        scene.restore()
        usual.append((before, scene.play()))
    found = []
    for number in range(tries):
        which = (0, 0, 0, 1, 2)[number % 5]
        scene, (before, expected) = scenes[which], usual[which]
        scene.restore()
        name = dice.choice(scene.files)
        where = flip(scene.root / name, dice)
        # What was flipped in a file that only tells of the run may be put right by the first command.
        found += [
            f"try {number}, {name}, {where}: {what}"
            for what in judge(name, expected, scene.play(), before)
        ]
    return found


def attempt(chance: Random, folder: Path) -> str | None:
    """A try of the fault matrix: five bits, in all three studies."""
    settle_surroundings()
    found = flip_bits(folder.resolve(), 5, chance.randrange(1 << 32))
    return "; ".join(found) or None


def settle_surroundings() -> None:
    """Nothing of the user's settings, and no terminal."""
    for name in ("PAGER", "FORCE_COLOR"):
        os.environ.pop(name, None)
    os.environ.update(COLUMNS="120", TERM="dumb", TZ="UTC")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program; gives its exit code."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--tries", type=int, default=320)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    settle_surroundings()
    with tempfile.TemporaryDirectory(prefix="bit-flips-") as folder:
        found = flip_bits(Path(folder).resolve(), options.tries, options.seed)
    tries = len({text.partition(",")[0] for text in found})
    result = {
        "class": "bit flips",
        "tries": options.tries,
        "held": options.tries - tries,
        "violations": found,
    }
    sys.stdout.write(f"{json.dumps(result)}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
