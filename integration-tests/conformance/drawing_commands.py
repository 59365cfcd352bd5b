"""Draws the commands of a step."""

from __future__ import annotations

from typing import Any

SHELL = [
    "x=$(date +%s); echo $x",
    "for i in $(seq 1 $((2 * 3))); do echo ${i}; done",
    "test -f `hostname` || echo $(cat /etc/hostname | wc -c)",
    "awk '{print $(NF-1)}' < /dev/null",
]


class Commands:
    """Draws commands of one step.

    Args:
        drawing: the random numbers, and the features to note.
        env: of the study.
        depends: what the step depends on, as written.
        above: steps above its dependencies.
        batch: the batch block.
        resources: what the step asks of its scheduler.
    """

    def __init__(
        self,
        drawing: Any,
        env: dict[str, Any],
        depends: list[str],
        above: list[str],
        batch: dict[str, Any],
        resources: dict[str, Any],
    ) -> None:
        self.drawing = drawing
        self.env = env
        self.depends = depends
        self.above = above
        self.kind = batch.get("type", "local")
        self.resources = resources

    def draw(self) -> str:
        """Draw a command of a few lines."""
        lines = [self._line() for _ in range(self.drawing.rng.randint(1, 4))]
        if self.kind != "local" and self.resources:
            lines += self._launches()
        elif self.drawing.chance(15, "launchers where nothing is launched"):
            lines.append("$(LAUNCHER) ./serial")
        return "\n".join(lines) + self.drawing.rng.choice(["", "\n"])

    def _line(self) -> str:
        drawing, rng = self.drawing, self.drawing.rng
        kind = rng.choice(["parameter", "workspace", "shell", "environment", "own", "text"])
        if kind == "parameter" and drawing.columns:
            name = rng.choice(list(drawing.columns))
            return rng.choice(
                [
                    f"echo $({name})$({name}).$({name}.label)_$({name}.name)x ${{{name}}} $({name}",
                    f"echo $({name})",
                    f"./a -n $({name}) > $({name}.label)",
                    f"echo $({name}.name)",
                ]
            )
        if kind == "workspace" and self.depends:
            return self._workspace_line()
        if kind == "shell":
            drawing.features.add("shell substitutions")
            return str(rng.choice(SHELL))
        if kind == "environment":
            return self._environment_line()
        if kind == "own":
            return str(rng.choice(["cd $(WORKSPACE)", "ls $(OUTPUT_PATH) $(SPECROOT)"]))
        return 'echo "plain: 100 % of it" # nothing to see'

    def _launches(self) -> list[str]:
        drawing, rng = self.drawing, self.drawing.rng
        kind = rng.choice(["none", "bare", "parts"])
        if kind == "bare":
            drawing.features.add("bare launchers")
            return ["$(LAUNCHER) ./a.out --all"]
        procs, nodes = self.resources.get("procs"), self.resources.get("nodes")
        if kind != "parts" or not isinstance(procs, int):
            return []
        drawing.features.add("launchers with a part")
        part = rng.randint(1, procs)
        if nodes is None:
            return [f"$(LAUNCHER)[{part}p] ./a.out"]
        return [
            rng.choice([f"$(LAUNCHER)[1n, {part}p] ./a.out", f"$(LAUNCHER)[1, {part}] ./a.out"])
        ]

    def _workspace_line(self) -> str:
        drawing, rng = self.drawing, self.drawing.rng
        drawing.features.add("workspace tokens")
        # The oracle does not see a token with a space, so it would not count what that step uses.
        above = [name for name in self.above if " " not in name]
        if above and drawing.chance(80, "workspace tokens of no dependency"):
            return f"cp $({rng.choice(above)}.workspace)/x ."
        written = rng.choice(self.depends)
        if "*" in written:
            drawing.features.add("workspace tokens of funnels")
            written = written.rstrip("*").removesuffix("_")
        if " " in written:
            drawing.features.add("workspace tokens with a space")
        return f"cat $({written}.workspace)/out > in"

    def _environment_line(self) -> str:
        drawing, rng = self.drawing, self.drawing.rng
        variables = self.env["variables"]
        lines = ["echo $(WORD) $(ROUNDS)"]
        if "BELOW" in variables:
            lines.append("ls $(BELOW) $(ABOVE)")
        if "THREE" in variables:
            lines.append("ls $(THREE)")
        if "labels" in self.env:
            drawing.features.add("labels in commands")
            lines += ["cat x > $(RESULT)"] * 2
        if "dependencies" in self.env:
            lines.append("ls $(DATA)/x")
            if "git" in self.env["dependencies"]:
                lines.append("cat $(TOOL)/README $(TOOL)/$(ROUNDS)")
        return str(rng.choice(lines))
