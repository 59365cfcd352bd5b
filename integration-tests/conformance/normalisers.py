"""All differences from the oracle that are meant, one function each.

Each changes one side so that only this difference goes away. Its name is the heading of its entry
in `docs/differences.md`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from conformance import of_expansion, of_scripts
from conformance.case import Case, Instances, Sides

ALL: dict[str, Callable[[Case, Instances, Instances], Sides]] = {
    "Tokens to any depth": of_expansion.tokens_to_any_depth,
    "Names that clean to one": of_expansion.names_that_clean_to_one,
    "Edges of workspace tokens": of_expansion.edges_of_workspace_tokens,
    "Workspace tokens with a space": of_expansion.workspace_tokens_with_a_space,
    "Paths of git dependencies": of_expansion.paths_of_git_dependencies,
    "Quotes in job names": of_scripts.quotes_in_job_names,
    "Characters of LSF job names": of_scripts.characters_of_lsf_job_names,
    "Shell of LSF scripts": of_scripts.shell_of_lsf_scripts,
    "Cores per task as a directive": of_scripts.cores_per_task_directive,
    "GPUs of a launch": of_scripts.gpus_of_a_launch,
    "GPUs of the batch block": of_scripts.gpus_of_the_batch_block,
    "Blanks of legacy launchers": of_scripts.blanks_of_legacy_launchers,
    "Launches without procs": of_scripts.launches_without_procs,
    "Launchers where nothing is launched": of_scripts.launchers_where_nothing_is_launched,
    "Flags by parameters": of_scripts.flags_by_parameters,
    "Exclusive allocations of LSF": of_scripts.exclusive_allocations_of_lsf,
    "Walltimes not said": of_scripts.walltimes_not_said,
    "Banks and queues not said": of_scripts.banks_and_queues_not_said,
}


def acting(case: Case, theirs: Instances, ours: Instances) -> Iterator[tuple[str, Sides]]:
    """Yield the name of each normaliser that changes something, and both sides after it."""
    for name, normalise in ALL.items():
        before = theirs, ours
        theirs, ours = normalise(case, theirs, ours)
        if (theirs, ours) != before:
            yield name, (theirs, ours)
