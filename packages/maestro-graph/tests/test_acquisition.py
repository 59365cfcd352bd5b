"""A dependency that is missing, half cloned or of another version, and that passes."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from maestro_graph import DependencyError, acquire, expand


def git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    done = subprocess.run(
        ["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three commits: `one` with tag and branch, `two`, and `three` on the main branch."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", "/dev/null")
    folder = tmp_path / "repository"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    for name in ("one", "two", "three"):
        (folder / "name").write_text(name)
        git(folder, "add", "name")
        git(folder, "commit", "--quiet", "--message", name)
        if name == "one":
            git(folder, "tag", "v1")
            git(folder, "branch", "side")
        # A branch of a tag's name must not be taken for it.
        if name == "two":
            git(folder, "branch", "v1")
    return folder


@pytest.fixture
def study(make: Any, tmp_path: Path, repository: Path) -> Any:
    def document(**more: Any) -> Any:
        entry = {"name": "TOOL", "path": "./deps", "url": f"file://{repository}"}
        entry |= {"tag": None, "hash": None, "branch": None} | more
        step = make.step("s", "cat $(TOOL)/name")
        return make.spec(step, specroot=str(tmp_path), git=[entry], variables={"WHAT": "v1"})

    return document


def name_in(place: str) -> str:
    return Path(place, "name").read_text()


def test_paths(make: Any, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "x").touch()
    document = make.spec(
        make.step("s", "ls $(DATA) $(X)"),
        specroot=str(tmp_path),
        variables={"WHERE": "data"},
        paths=[{"name": "DATA", "path": "./data/"}, {"name": "X", "path": "$(WHERE)/../data/x"}],
    )
    data = str(tmp_path / "data")
    assert acquire(document, "/w") == {"DATA": data, "X": f"{data}/x"}
    assert expand(document).instances[0].command == f"ls {data} {data}/x"


def test_a_missing_path(make: Any, tmp_path: Path) -> None:
    document = make.spec(
        make.step("s", "x"), specroot=str(tmp_path), paths=[{"name": "D", "path": "nothing"}]
    )
    with pytest.raises(DependencyError, match=f"D does not exist: {tmp_path}/nothing") as caught:
        acquire(document, "/w")
    assert str(tmp_path) in caught.value.hint


def test_a_path_in_a_workspace_that_is_to_be_renamed(make: Any, tmp_path: Path) -> None:
    (tmp_path / "staging" / "in").mkdir(parents=True)
    document = make.spec(make.step("s", "x"), paths=[{"name": "D", "path": "$(OUTPUT_PATH)/in"}])
    root = tmp_path / "final"
    assert acquire(document, root, staging=tmp_path / "staging") == {"D": f"{root}/in"}
    with pytest.raises(DependencyError):
        acquire(document, root)


def test_clones(study: Any, repository: Path) -> None:
    commits = git(repository, "rev-list", "main").split()
    for number, (wanted, name, shallow) in enumerate(
        [
            ({}, "three", True),
            ({"tag": "v1"}, "one", True),
            ({"tag": "$(WHAT)"}, "one", True),
            ({"branch": "side"}, "one", True),
            ({"branch": "v1"}, "two", True),
            ({"hash": commits[1][:10]}, "two", False),
        ]
    ):
        place = acquire(study(path=f"deps{number}", **wanted), "/w")["TOOL"]
        assert name_in(place) == name, wanted
        assert (git(Path(place), "rev-parse", "--is-shallow-repository") == "true") is shallow
        if branch := wanted.get("branch"):
            assert git(Path(place), "symbolic-ref", "--short", "HEAD") == branch
        # A second time it is there, and reused.
        assert acquire(study(path=f"deps{number}", **wanted), "/w")["TOOL"] == place


@pytest.mark.parametrize("allowed", ["true", "false"])
def test_a_whole_hash(study: Any, repository: Path, allowed: str) -> None:
    """Shallow where the server sends a commit by its hash, whole where it does not."""
    git(repository, "config", "uploadpack.allowAnySHA1InWant", allowed)
    git(repository, "config", "protocol.version", "0")
    commit = git(repository, "rev-parse", "main~1")
    place = acquire(study(hash=commit), "/w")["TOOL"]
    assert name_in(place) == "two"
    assert git(Path(place), "rev-parse", "HEAD") == commit


def test_a_relative_url(study: Any, tmp_path: Path) -> None:
    place = acquire(study(url="./repository", tag="v1"), "/w")["TOOL"]
    assert place == f"{tmp_path}/deps/TOOL"
    assert name_in(place) == "one"
    assert acquire(study(url="repository/", tag="v1"), "/w")["TOOL"] == place


def test_a_clone_in_the_workspace(study: Any, tmp_path: Path) -> None:
    (tmp_path / "staging").mkdir()
    root = tmp_path / "final"
    document = study(path="$(OUTPUT_PATH)/deps")
    assert acquire(document, root, staging=tmp_path / "staging") == {"TOOL": f"{root}/deps/TOOL"}
    (tmp_path / "staging").rename(root)
    assert name_in(f"{root}/deps/TOOL") == "three"
    assert expand(document, root=root).instances[0].command == "cat $(OUTPUT_PATH)/deps/TOOL/name"


def test_an_empty_folder_is_filled(study: Any, tmp_path: Path) -> None:
    (tmp_path / "deps" / "TOOL").mkdir(parents=True)
    assert name_in(acquire(study(), "/w")["TOOL"]) == "three"


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ({"tag": "v9"}, "TOOL cannot be cloned from file://.*has no tag v9"),
        ({"branch": "nothing"}, "TOOL cannot be cloned"),
        ({"hash": "0" * 40}, "TOOL cannot be cloned"),
        ({"url": "./nothing"}, "TOOL cannot be cloned"),
        ({"url": "--upload-pack=touch x"}, "TOOL cannot be cloned"),
    ],
)
def test_refused_and_nothing_left(study: Any, tmp_path: Path, wanted: Any, message: str) -> None:
    with pytest.raises(DependencyError, match=message):
        acquire(study(**wanted), "/w")
    assert list((tmp_path / "deps").iterdir()) == []


def test_a_folder_that_is_something_else(study: Any, tmp_path: Path, repository: Path) -> None:
    place = tmp_path / "deps" / "TOOL"
    place.mkdir(parents=True)
    (place / "mine").write_text("keep me")
    with pytest.raises(DependencyError, match="exists and is no clone"):
        acquire(study(), "/w")
    assert (place / "mine").read_text() == "keep me"


def test_a_clone_of_something_else(study: Any, repository: Path) -> None:
    acquire(study(), "/w")
    with pytest.raises(DependencyError, match=r"is a clone of file:.*, not of /elsewhere"):
        acquire(study(url="/elsewhere"), "/w")
    with pytest.raises(DependencyError, match="is not at v1"):
        acquire(study(tag="v1"), "/w")
    with pytest.raises(DependencyError, match="is not on branch side"):
        acquire(study(branch="side"), "/w")
    assert acquire(study(hash=git(repository, "rev-parse", "main")), "/w")


def test_without_git(study: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(DependencyError, match="git is not installed"):
        acquire(study(), "/w")
