"""The differences of the scripts that are meant."""

from __future__ import annotations

import re

from conformance.case import Case, Instances, Sides, change_bodies, change_texts
from conformance.sides import Expanded


def quotes_in_job_names(_: Case, theirs: Instances, ours: Instances) -> Sides:
    """The oracle writes any name between its quotes, so `"` ends it early."""

    def escape(found: re.Match[str]) -> str:
        name = found[2].replace("/", "_").replace("\\", "\\\\").replace('"', '\\"')
        return f"{found[1]}{name}{found[3]}"

    pattern = re.compile(r'(?m)^(#SBATCH --job-name=")(.*)(")$')
    return change_texts(theirs, lambda _, text: pattern.sub(escape, text)), ours


def characters_of_lsf_job_names(_: Case, theirs: Instances, ours: Instances) -> Sides:
    """The oracle hands any name to LSF, where brackets make an array and quotes are missing."""

    def clean(found: re.Match[str]) -> str:
        name = re.sub(r"[^\w.()+=@~:, -]", "_", found[2])
        plain = re.fullmatch(r"[\w.,:/%+=@~-]+", name)
        return found[1] + (name if plain else f'"{name}"')

    pattern = re.compile(r"(?m)^(#BSUB -J )(.*)$")
    return change_texts(theirs, lambda _, text: pattern.sub(clean, text)), ours


def shell_of_lsf_scripts(case: Case, theirs: Instances, ours: Instances) -> Sides:
    """The oracle's LSF adapter ignores the `shell` of the batch block."""
    shell = case.batch.get("shell")
    if case.kind != "lsf" or shell is None:
        return theirs, ours
    first = f"#!{shell}\n"
    return change_texts(theirs, lambda _, text: first + text.partition("\n")[2]), ours


def cores_per_task_directive(_: Case, theirs: Instances, ours: Instances) -> Sides:
    """The oracle gives a step's cores per task to `srun` alone, not to the allocation."""
    return theirs, change_texts(
        ours, lambda _, text: re.sub(r"\n#SBATCH --cpus-per-task=\d+(?=\n)", "", text)
    )


def gpus_of_a_launch(_: Case, theirs: Instances, ours: Instances) -> Sides:
    """The oracle asks Slurm for GPUs in the allocation alone, not for the launch."""
    return theirs, change_texts(
        ours, lambda _, text: re.sub(r"(?m)^(srun .*?) --gres=gpu:\d+", r"\1", text)
    )


def blanks_of_legacy_launchers(_: Case, theirs: Instances, ours: Instances) -> Sides:
    """The oracle keeps the blank of `$(LAUNCHER)[1, 4]` in its `srun -n  4`."""
    return change_texts(
        theirs, lambda _, text: re.sub(r"(srun -n|jsrun --nrs)  (?=\d)", r"\1 ", text)
    ), ours


def launches_without_procs(case: Case, theirs: Instances, ours: Instances) -> Sides:
    """The oracle writes `srun -n  -N 2` where a step has nodes but no procs of its own."""
    procs = case.batch.get("procs")
    words = f"srun -n {procs} -N" if procs else "srun -N"
    return change_bodies(theirs, lambda _, text: text.replace("srun -n  -N", words)), ours


def launchers_where_nothing_is_launched(case: Case, theirs: Instances, ours: Instances) -> Sides:
    """The oracle leaves `$(LAUNCHER)` to the shell in a step that runs locally."""

    def drop(each: Expanded, text: str) -> str:
        return text if each.scheduled else text.replace("$(LAUNCHER) ", "")

    return change_bodies(theirs, drop), ours


def flags_by_parameters(case: Case, theirs: Instances, ours: Instances) -> Sides:
    """The oracle takes the text `False` of `exclusive: $(FLAG)` for true."""

    def drop(each: Expanded, text: str) -> str:
        written = case.steps[case.step_of(each.name)].get("exclusive")
        if isinstance(written, str) and each.parameters[written[2:-1]] == "False":
            return text.replace("\n#SBATCH --exclusive", "")
        return text

    return change_texts(theirs, drop), ours


def exclusive_allocations_of_lsf(case: Case, theirs: Instances, ours: Instances) -> Sides:
    """The oracle drops `exclusive` on LSF."""
    return theirs, change_texts(ours, lambda _, text: text.replace("\n#BSUB -x", ""))


def walltimes_not_said(case: Case, theirs: Instances, ours: Instances) -> Sides:
    """The oracle writes an empty `#BSUB -W` for a step without a walltime."""
    return change_texts(theirs, lambda _, text: text.replace("\n#BSUB -W \n", "\n")), ours


def banks_and_queues_not_said(case: Case, theirs: Instances, ours: Instances) -> Sides:
    """The oracle's LSF and Flux adapters write a bank or a queue that says nothing."""
    pattern = re.compile(
        r"\n#(?:BSUB -[Gq] |flux: --bank=|flux: -q )(?:None|False|0|\[\]|\{\}| *)(?=\n)"
    )
    return change_texts(theirs, lambda _, text: pattern.sub("", text)), ours


def gpus_of_the_batch_block(case: Case, theirs: Instances, ours: Instances) -> Sides:
    """The oracle ignores `gpus` in the batch block."""
    gpus = case.batch.get("gpus")
    if not gpus:
        return theirs, ours

    def drop(each: Expanded, text: str) -> str:
        if "gpus" in case.steps[case.step_of(each.name)]:
            return text
        text = text.replace(f"\n#SBATCH --gres=gpu:{gpus}", "")
        return re.sub(rf"(?m)^((?:jsrun|flux run) .*?) -g {gpus}\b", r"\1", text)

    return theirs, change_texts(ours, drop)
