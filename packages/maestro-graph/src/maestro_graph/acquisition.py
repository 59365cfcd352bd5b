"""Acquire what a study depends on: check its paths, clone its repositories. Works on the disk."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from maestro_graph.errors import DependencyError
from maestro_graph.files.spec_file import view
from maestro_graph.model.spec import GitDependency
from maestro_graph.parameters.environment import resolve_environment
from maestro_graph.parameters.substitution import Tokens, replace_all

_FULL_HASH = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")
#: `host:path`, as ssh takes it; a single letter before the colon is a Windows drive.
_REMOTE = re.compile(r"[^/:]{2,}:")


def acquire(
    spec_document: Mapping[str, object],
    root: str | os.PathLike[str],
    *,
    staging: str | os.PathLike[str] | None = None,
    amends: bool = False,
) -> dict[str, str]:
    """Check a study's paths and clone its repositories.

    Args:
        spec_document: record ``Spec``.
        root: absolute path of the workspace; what ``$(OUTPUT_PATH)`` gives.
        staging: where the workspace is for now, if it is to be renamed to ``root`` later.
        amends: what is there already below ``root`` belongs to this study, and is used.

    Returns:
        name → absolute path of every dependency, as its token gives it.

    Raises:
        DependencyError: a path does not exist, or a repository cannot be cloned.
        TokenError: a path holds tokens that lead back to themselves.
    """
    spec = view(spec_document)
    root = os.fspath(root)
    env = resolve_environment(spec, root)
    places = {name: env[name] for name in (*spec.paths, *(each.name for each in spec.git))}
    for name in spec.paths:
        place = _staged(places[name], root, staging, amends=amends)
        if not place.exists():
            raise DependencyError(
                f"the path of dependency {name} does not exist: {places[name]}",
                hint=f"relative paths start from {spec.specroot}",
            )
    tokens = Tokens(env)

    def resolved(text: str) -> str:
        return replace_all(text, tokens, env.__getitem__)

    for repository in spec.git:
        url = _absolute_url(resolved(repository.url), spec.specroot)
        wanted = GitDependency(
            name=repository.name,
            path=repository.path,
            url=url,
            tag=repository.tag and resolved(repository.tag),
            hash=repository.hash and resolved(repository.hash),
            branch=repository.branch and resolved(repository.branch),
        )
        _clone(wanted, _staged(places[repository.name], root, staging, amends=amends))
    return places


def _staged(place: str, root: str, staging: str | os.PathLike[str] | None, *, amends: bool) -> Path:
    if amends and os.path.lexists(place):
        return Path(place)
    if staging is not None and Path(place).is_relative_to(root):
        return Path(staging, Path(place).relative_to(root))
    return Path(place)


def _absolute_url(url: str, start: str | Path) -> str:
    if "://" in url or _REMOTE.match(url):
        return url
    return os.path.normpath(PurePosixPath(start, url))


def _clone(wanted: GitDependency, place: Path) -> None:
    """Clone to ``place``, or leave the clone alone that is there; whole or not at all."""
    if place.exists() and not (place.is_dir() and not any(place.iterdir())):
        _check_reusable(wanted, place)
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".", suffix=".tmp", dir=place.parent) as temporary:
        folder = Path(temporary, "clone")
        _fetch(wanted, folder)
        if place.is_dir():
            place.rmdir()
        shutil.move(folder, place)


def _fetch(wanted: GitDependency, folder: Path) -> None:
    """Clone as shallowly as gives the same tree."""
    if wanted.hash and not (
        _FULL_HASH.fullmatch(wanted.hash) and _fetch_one(wanted, folder, wanted.hash)
    ):
        # Servers may refuse to send a commit by its hash, and nobody knows short ones but a clone.
        shutil.rmtree(folder, ignore_errors=True)
        _git(wanted, ["clone", "--no-checkout", "--", wanted.url, str(folder)])
        _git(wanted, ["checkout", "--detach", wanted.hash, "--"], folder)
    elif wanted.hash:
        _git(wanted, ["checkout", "--detach", "FETCH_HEAD", "--"], folder)
    elif wanted.tag:
        # Not `clone --branch`: that takes a branch of the same name instead.
        reference = f"refs/tags/{wanted.tag}"
        if not _fetch_one(wanted, folder, f"+{reference}:{reference}"):
            raise _refused(wanted, f"it has no tag {wanted.tag}, or cannot be reached")
        _git(wanted, ["checkout", "--detach", reference, "--"], folder)
    else:
        which = ["--branch", wanted.branch] if wanted.branch else []
        _git(wanted, ["clone", "--depth", "1", *which, "--", wanted.url, str(folder)])


def _fetch_one(wanted: GitDependency, folder: Path, reference: str) -> bool:
    _git(wanted, ["init", "--quiet", str(folder)])
    _git(wanted, ["remote", "add", "origin", wanted.url], folder)
    fetched = _run(["fetch", "--quiet", "--depth", "1", "origin", reference], folder)
    return fetched.returncode == 0


def _check_reusable(wanted: GitDependency, place: Path) -> None:
    """Refuse a folder that is not the wanted clone."""
    hint = "remove it, or give the dependency another path"
    origin = _run(["config", "--get", "remote.origin.url"], place) if place.is_dir() else None
    if origin is None or origin.returncode or not (place / ".git").exists():
        raise DependencyError(
            f"{place}, where dependency {wanted.name} belongs, exists and is no clone", hint=hint
        )
    url = _absolute_url(origin.stdout.strip(), place)
    if url != wanted.url:
        raise DependencyError(f"{place} is a clone of {url}, not of {wanted.url}", hint=hint)
    if wanted.branch:
        head = _run(["symbolic-ref", "--short", "HEAD"], place).stdout.strip()
        if head != wanted.branch:
            raise DependencyError(f"{place} is not on branch {wanted.branch}", hint=hint)
        return
    reference = f"refs/tags/{wanted.tag}" if wanted.tag else wanted.hash
    if reference is None:
        return
    named = _run(["rev-parse", "--verify", "--quiet", f"{reference}^{{commit}}"], place)
    head = _run(["rev-parse", "--verify", "--quiet", "HEAD"], place).stdout
    if named.returncode or named.stdout != head:
        raise DependencyError(f"{place} is not at {wanted.tag or wanted.hash}", hint=hint)


def _git(wanted: GitDependency, arguments: list[str], folder: Path | None = None) -> None:
    finished = _run(arguments, folder)
    if finished.returncode:
        raise _refused(wanted, finished.stderr.strip() or f"exit code {finished.returncode}")


def _refused(wanted: GitDependency, reason: str) -> DependencyError:
    return DependencyError(
        f"dependency {wanted.name} cannot be cloned from {wanted.url}: {reason}",
        hint=f"try `git ls-remote {wanted.url}`",
    )


def _run(arguments: list[str], folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "LC_ALL": "C"}
    # Hooks of a surrounding repository set these; they would redirect every command to it.
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        environment.pop(name, None)
    if not sys.stdin.isatty():
        environment.setdefault("GIT_TERMINAL_PROMPT", "0")
    try:
        return subprocess.run(
            ["git", "-c", "advice.detachedHead=false", *arguments],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
    except FileNotFoundError as error:
        raise DependencyError(
            "git is not installed, but the study has a git dependency", hint="install git"
        ) from error
