"""The tutorial of docs/adapters.md, followed to the letter.

A code block with `file=NAME` is a file; one with `class=NAME` as well goes into that class, over the
members of the same names. After each `console` block the tests must end as it says. A fault here would
be an author who follows the page and ends with an adapter that does not work.
"""

import ast
import os
import re
import shlex
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

PAGE = next(
    (
        path
        for folder in Path(__file__).resolve().parents
        if (path := folder / "docs" / "adapters.md").exists()
    ),
    None,
)
BLOCK = re.compile(
    r"^```(\w+)(?: file=(\S+))?(?: class=(\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL
)

pytestmark = pytest.mark.skipif(PAGE is None, reason="the page is part of the repository alone")


@pytest.fixture
def tutorial():
    text = PAGE.read_text()
    return [match.groups() for match in BLOCK.finditer(text, text.index("## Tutorial"))]


def with_members(source, class_name, block):
    """The module with members of its last class replaced by those of the block, or added."""
    names = {name_of(member) for member in ast.parse(block).body}
    lines = source.splitlines(keepends=True)
    old = ast.parse(source).body[-1]
    assert old.name == class_name
    for member in reversed(old.body):
        if name_of(member) in names:
            del lines[member.lineno - 1 : member.end_lineno]
    return "".join(lines) + "\n" + textwrap.indent(block, "    ")


def name_of(member):
    if isinstance(member, ast.Assign):
        return member.targets[0].id
    return getattr(member, "name", None)


def delete_jobs(folder):
    """A stage that cannot cancel yet leaves jobs behind."""
    tq = PAGE.parent / "adapters" / "tq"
    for queue in folder.glob("base/*/tq"):
        ids = [path.name for path in queue.iterdir()]
        subprocess.run([tq, "del", *ids], env={**os.environ, "TQ_DIR": str(queue)}, check=True)


def test_members_are_replaced():
    source = "x = 1\n\nclass A:\n    a = 1\n\n    def f(self):\n        return 1\n\n    def g(self):\n        return 2\n"
    changed = with_members(source, "A", "b = 3\n\ndef f(self):\n    return 4\n")
    namespace = {}
    exec(changed, namespace)  # noqa: S102 (both texts stand above)
    made = namespace["A"]()
    assert (made.a, made.b, made.f(), made.g()) == (1, 3, 4, 2)


@pytest.mark.once
def test_the_tutorial_works(tutorial, tmp_path):
    """Each stage in a folder of its own, all at the same time."""
    stages = []
    files = {}
    for language, name, class_name, content in tutorial:
        if name is not None:
            files[name] = with_members(files[name], class_name, content) if class_name else content
        elif language == "console":
            command, expected = re.fullmatch(r"\$ (.*)\n(.*)\n", content).groups()
            folder = tmp_path / f"stage-{len(stages)}"
            folder.mkdir()
            for file, text in files.items():
                # How long a submission may be on its way is no matter here.
                text = text.replace("TokenSearch(self.look)", "TokenSearch(self.look, settle=0.1)")
                (folder / file).write_text(text)
            stages.append((start(command, folder), expected))
    outcomes = []
    for stage, (process, expected) in enumerate(stages):
        output, _ = process.communicate(timeout=200)
        delete_jobs(tmp_path / f"stage-{stage}")
        outcomes.append(re.sub(r" in .*", "", output.strip().splitlines()[-1]))
        assert outcomes[-1] == expected, output[-3000:]
    assert len(outcomes) >= 5
    assert outcomes[0] == "16 failed"
    assert "failed" not in outcomes[-1]


def start(command, folder):
    program, *arguments = shlex.split(command)
    assert program == "pytest"
    path = [PAGE.parent / "adapters", Path(sys.executable).parent, os.environ["PATH"]]
    environment = {
        "PATH": os.pathsep.join(map(str, path)),
        "PYTHONPATH": str(folder),
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }
    options = ["-pno:cacheprovider", "--basetemp=base", "--tb=line"]
    return subprocess.Popen(
        [sys.executable, "-m", "pytest", *options, *arguments],
        cwd=folder,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        text=True,
    )


def test_its_entry_point_is_found(tutorial, tmp_path, monkeypatch):
    """As an installer would write it from the page's pyproject.toml."""
    (packaging,) = (content for _, name, _, content in tutorial if name == "pyproject.toml")
    stub = next(content for _, name, _, content in tutorial if name == "maestro_tq.py")
    section, entry = re.search(r'\[project\.entry-points\."(.+)"\]\n(.*)\n', packaging).groups()
    (tmp_path / "maestro_tq.py").write_text(stub)
    info = tmp_path / "maestro_tq-0.1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: maestro-tq\nVersion: 0.1.0\n")
    (info / "entry_points.txt").write_text(f"[{section}]\n{entry.replace(chr(34), '')}\n")
    monkeypatch.syspath_prepend(tmp_path)
    from maestro_adapters import load

    assert load("tq").name == "tq"
    sys.modules.pop("maestro_tq")
