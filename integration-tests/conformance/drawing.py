"""Draws studies by a seed: the same seed always gives the same study.

Nothing is drawn that makes the oracle stop with an error: there is nothing to compare then. Its
known defects of that kind have tests of their own in the packages.
"""

from __future__ import annotations

import random
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from conformance.drawing_commands import Commands
from conformance.drawing_resources import draw_batch, draw_resources

NAMES = ["SIZE", "SIZE2", "TEMP", "a.b", "MODE"]
STEPS = ["make-mesh", "run", "post.proc", "plot_all", "sum (x)", "big step", "a+b=c"]
PUNCTUATION = " !#$%&'()*+,-.:;<=>?@[]^_`{|}~\"\\"
TEMPLATES = ["{name}.%%", "%%", "p%%", "{name}=%%", "n %% m", "{name}-%%."]


@dataclass
class Drawn:
    """A study, and how it is to be run.

    Attributes:
        features: what occurs in it.
        by_parameter: parameter → features that count only if an instance uses it.
    """

    seed: int
    study: dict[str, Any]
    features: set[str]
    by_parameter: dict[str, set[str]]
    hashws: bool = False
    pgen: str | None = None
    pargs: dict[str, str] = field(default_factory=dict)

    def write(self, folder: Path) -> Path:
        """Write study, generator file and what they depend on; return the study file."""
        folder.mkdir(parents=True)
        (folder / "data").mkdir()
        path = folder / "study.yaml"
        path.write_text(yaml.safe_dump(self.study, sort_keys=False, allow_unicode=True))
        if "git dependencies" in self.features:
            _make_repository(folder / "repository")
        if self.pgen is not None:
            (folder / "pgen.py").write_text(self.pgen)
        return path


def draw(seed: int) -> Drawn:
    """Draw one study."""
    return _Drawing(seed).draw()


def _make_repository(folder: Path) -> None:
    def git(*arguments: str) -> None:
        identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
        subprocess.run(["git", *identity, *arguments], cwd=folder, check=True)

    folder.mkdir()
    git("init", "--quiet", "--initial-branch=main")
    for name in ("one", "two"):
        (folder / "README").write_text(name)
        git("add", "README")
        git("commit", "--quiet", "--message", name)
        if name == "one":
            git("tag", "v1")
            git("branch", "side")


def step_of(written: str) -> str:
    """The step that an entry of `depends` names."""
    return written.rstrip("*").removesuffix("_") if "*" in written else written


class _Drawing:
    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.rng = random.Random(seed)  # noqa: S311 -- repeatable, not secret
        self.features: set[str] = set()
        self.shared: set[str] = set()
        self.restarts = self.chance(60)
        self.columns: dict[str, dict[str, Any]] = {}

    def chance(self, percent: int, feature: str | None = None) -> bool:
        hit = self.rng.randrange(100) < percent
        if hit and feature:
            self.features.add(feature)
        return hit

    def draw(self) -> Drawn:
        batch = draw_batch(self)
        self._draw_parameters()
        env = self._draw_env()
        steps = self._draw_steps(batch, env)
        study: dict[str, Any] = {
            "description": {"name": f"study {self.seed}", "description": "drawn"},
            "env": env,
        }
        if batch:
            study["batch"] = batch
        study["study"] = steps
        pgen, pargs = None, {}
        if self.columns and self.chance(35, "pgen"):
            pgen, pargs = self._pgen()
        elif self.columns:
            study["global.parameters"] = {
                name: {"values": column["values"], "label": column["label"]}
                for name, column in self.columns.items()
            }
        hashws = bool(self.columns) and self.chance(30)
        by_parameter = {
            name: self.shared | {column["kind"]} | ({"hashws"} if hashws else set())
            for name, column in self.columns.items()
        }
        return Drawn(self.seed, study, self.features, by_parameter, hashws, pgen, pargs)

    def _draw_parameters(self) -> None:
        count = self.rng.choice([0, 1, 1, 2, 2, 3, 3, 4])
        self.features.add(f"{count} parameters")
        rows = self.rng.randint(1, 5)
        for name in self.rng.sample(NAMES, count):
            kind, values = self._values(rows)
            template = self.rng.choice(TEMPLATES).format(name=name)
            if self.chance(8, "labels that do not tell values apart"):
                template = f"{name}.all"
            self.columns[name] = {"values": values, "label": template, "kind": kind}
        if count and rows > 1 and self.chance(30):
            self.shared.add("duplicate rows")
            twin, other = self.rng.sample(range(rows), 2)
            for column in self.columns.values():
                column["values"][twin] = column["values"][other]

    def _values(self, rows: int) -> tuple[str, list[Any]]:
        kinds = ["counts", "integers", "floats", "booleans", "words", "odd strings", "empty words"]
        if not self.restarts:
            kinds.append("tokens in values")
        kind = self.rng.choice(kinds)
        values = [self._value(kind) for _ in range(rows)]
        return "integers" if kind == "counts" else kind, values

    def _value(self, kind: str) -> Any:
        rng = self.rng
        if kind == "counts":
            return rng.randint(1, 64)
        if kind == "integers":
            return rng.choice([rng.randint(-5, 5), rng.randint(0, 10**9)])
        if kind == "floats":
            return rng.choice([rng.uniform(-1, 1), 0.5, 1e-5, -2.0, 1e22, 100.0])
        if kind == "booleans":
            return rng.random() < 0.5
        if kind == "words":
            return rng.choice(
                ["cold", "a b", "a_b", "007", "1e5", "1e+5", "yes", "null", '5" pipe']
            )
        if kind == "empty words":
            return rng.choice(["", "friday"])
        if kind == "tokens in values":
            return rng.choice(["$(WORD) x", "$(PLACE)", "x $(ROUNDS)"])
        # A restart script keeps the raw name, so the oracle cannot write it with a slash in it.
        odd, letters = PUNCTUATION + ("" if self.restarts else "///"), "abcXYZ019é"
        text = "".join(
            rng.choice(odd if rng.random() < 0.5 else letters) for _ in range(rng.randint(1, 8))
        )
        return text.replace("$(", "$ (")

    def _draw_env(self) -> dict[str, Any]:
        variables: dict[str, Any] = {"OUTPUT_PATH": "./out", "ROUNDS": 3, "WORD": "hello, $world"}
        env: dict[str, Any] = {"variables": variables}
        variables["PLACE"] = "/tmp/place"
        if self.chance(40, "nested variables"):
            variables["BELOW"] = "$(PLACE)/below"
            variables["ABOVE"] = "$(OUTPUT_PATH)/above"
        if self.chance(20, "deeply nested variables"):
            variables["ONE"] = "$(PLACE)/one"
            variables["TWO"] = "$(ONE)/two"
            variables["THREE"] = "$(TWO)/three"
        if self.columns and self.chance(25, "variables that stand for a parameter"):
            for name in self.rng.sample(list(self.columns), self.rng.randint(1, len(self.columns))):
                variables[name] = f"$({name})"
        if self.columns and self.chance(50, "labels"):
            name = self.rng.choice(list(self.columns))
            text = self.rng.choice(["out_$({0}.label).txt", "$(WORD)_$({0})", "$({0}.name)_x"])
            env["labels"] = {"RESULT": text.format(name)}
        if self.chance(30, "path dependencies"):
            path = self.rng.choice(["./data", "data/", "/usr"])
            env["dependencies"] = {"paths": [{"name": "DATA", "path": path}]}
            if self.chance(40, "git dependencies"):
                which = self.rng.choice([{}, {"tag": "v1"}, {"branch": "side"}])
                env["dependencies"]["git"] = [
                    {"name": "TOOL", "path": "./deps", "url": "./repository", **which}
                ]
        return env

    def _draw_steps(self, batch: dict[str, Any], env: dict[str, Any]) -> list[dict[str, Any]]:
        names = self.rng.sample(STEPS, self.rng.randint(1, len(STEPS)))
        steps: list[dict[str, Any]] = []
        listed: dict[str, list[str]] = {}
        for name in names:
            earlier = [step["name"] for step in steps]
            depends = self._depends(earlier)
            above = self._above(listed, depends)
            listed[name] = depends
            resources = draw_resources(self, batch)
            commands = Commands(self, env, depends, above, batch, resources)
            run: dict[str, Any] = {"cmd": commands.draw(), **resources}
            if self.restarts and self.chance(50, "restart commands"):
                run["restart"] = commands.draw()
            if depends:
                run["depends"] = self._by_variable(depends, env)
            description = self.rng.choice(["does something", "says $(WORD)"])
            if self.columns and self.chance(10, "parameters in descriptions"):
                description += f" with $({self.rng.choice(list(self.columns))})"
            steps.append({"name": name, "description": description, "run": run})
        return steps

    def _depends(self, earlier: list[str]) -> list[str]:
        depends = []
        for name in earlier:
            if not self.chance(45):
                continue
            if self.chance(30, "funnels"):
                if self.chance(25, "funnels beside a plain dependency"):
                    depends.append(name)
                name += self.rng.choice(["_*", "*"])
            depends.append(name)
        return depends

    def _by_variable(self, depends: list[str], env: dict[str, Any]) -> list[str]:
        """Name one of the dependencies by a variable."""
        if "FORMER" in env["variables"] or not self.chance(20, "dependencies by variables"):
            return depends
        env["variables"]["FORMER"] = step_of(depends[0])
        return [depends[0].replace(env["variables"]["FORMER"], "$(FORMER)"), *depends[1:]]

    def _above(self, listed: dict[str, list[str]], depends: list[str]) -> list[str]:
        """Steps that stand above a dependency, which the oracle has expanded by then."""
        direct = {step_of(written) for written in depends}
        above = {step_of(written) for step in direct for written in listed[step]}
        return sorted(above - direct)

    def _pgen(self) -> tuple[str, dict[str, str]]:
        """Give the table by a generator file, as one written for maestrowf."""
        lines = [
            "from maestrowf.datastructures.core import ParameterGenerator",
            "",
            "def get_custom_generator(env, **kwargs):",
            "    p_gen = ParameterGenerator()",
            "    assert env.find('ROUNDS').value == 3",
            "    assert env.find('NOTHING') is None",
            "    assert kwargs['OUTPUT_PATH'] and kwargs['SPECROOT'].value",
        ]
        for name, column in self.columns.items():
            label: Any = column["label"]
            if self.chance(50, "label lists"):
                label = [f"{name.lower()}{row % 3}" for row in range(len(column["values"]))]
            title = name.title() if self.chance(50, "names of parameters") else None
            lines.append(
                f"    p_gen.add_parameter({name!r}, {column['values']!r}, {label!r}, {title!r})"
            )
        lines += ["    assert kwargs['GREETING'] == 'hi: there'", "    return p_gen", ""]
        return "\n".join(lines), {"GREETING": "hi: there"}
