"""Virtual environments that are filled from a wheelhouse, never from an index."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import venv
from pathlib import Path

import attrs


@attrs.frozen
class FreshEnvironment:
    """A virtual environment without pip; the pip of the Python that runs the tests fills it."""

    folder: Path
    wheelhouse: Path

    @classmethod
    def create(cls, folder: Path, wheelhouse: Path) -> FreshEnvironment:
        venv.create(folder, with_pip=False, symlinks=True)
        return cls(folder, wheelhouse)

    @property
    def scripts(self) -> Path:
        return self.folder / "bin"

    def variables(self) -> dict[str, str]:
        """The environment of a shell in which this one is activated.

        Nothing of the caller's reaches its Python or pip: no other packages, links or indexes.
        """
        foreign = re.compile("PIP_|PYTHON|UV_|VIRTUAL_ENV|TOX_")
        kept = {name: value for name, value in os.environ.items() if not foreign.match(name)}
        return kept | {
            "PATH": f"{self.scripts}:{kept['PATH']}",
            "VIRTUAL_ENV": str(self.folder),
            "PIP_CONFIG_FILE": os.devnull,
        }

    def run(self, *command: str | Path, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a command of this environment, outside the checkout, and give back what it said."""
        program, *arguments = map(str, command)
        done = subprocess.run(
            [str(self.scripts / program), *arguments],
            env=self.variables(),
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if check and done.returncode:
            raise AssertionError(f"{command} exited {done.returncode}\n{done.stdout}{done.stderr}")
        return done

    def install(self, *requirements: str, again: bool = False) -> None:
        """Install from the wheelhouse; `again` replaces what is there and no dependencies."""
        self._pip(
            *("install", "--no-compile", "--no-index", "--find-links", str(self.wheelhouse)),
            *(("--force-reinstall", "--no-deps") if again else ()),
            *requirements,
        )

    def uninstall(self, *names: str) -> None:
        self._pip("uninstall", "--yes", *names)

    def check(self) -> None:
        """Fail if a package lacks what it requires."""
        self._pip("check")

    def installed(self) -> set[str]:
        """The normalised names of all distributions in here."""
        listed = json.loads(self._pip("list", "--format=json"))
        return {re.sub(r"[-_.]+", "-", package["name"]).lower() for package in listed}

    def owner(self, script: str) -> str | None:
        """The package whose entry point the script calls; None if there is no such script."""
        path = self.scripts / script
        if not path.exists():
            return None
        found = re.search(r"^from (\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
        assert found, f"{path} is no entry point script"
        return found.group(1)

    def _pip(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "pip", "--python", str(self.scripts / "python"), *arguments],
            env=self.variables(),
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"pip {arguments}\n{done.stdout}{done.stderr}"
        return done.stdout
