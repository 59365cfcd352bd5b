"""Check that instances have names of their own, and report combinations that share one; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from maestro_graph.errors import StudyError
from maestro_graph.expansion.instances import StepPlan


def check_names(plans: Mapping[str, StepPlan]) -> None:
    """Check that no two steps have an instance of one name.

    Args:
        plans: step name → plan.

    Raises:
        StudyError: ``a_X.1``, and the instance of ``a`` that is called so.
    """
    for longer in plans.values():
        parts = longer.step.name.split("_")
        for count in range(1, len(parts)):
            shorter = plans.get("_".join(parts[:count]))
            if shorter is None or shorter.combinations is None:
                continue
            taken = set(shorter.combinations.names)
            rest = "_".join(parts[count:])
            names = longer.combinations.names if longer.combinations else None
            wanted = [rest] if names is None else [f"{rest}_{name}" for name in names]
            for name in wanted:
                if name in taken:
                    raise StudyError(
                        f"an instance of step {shorter.step.name} and one of step"
                        f" {longer.step.name} would both be called {shorter.step.name}_{name}",
                        hint="rename one of the steps, or change the label of a parameter",
                    )


def shared_names(plans: Iterable[StepPlan]) -> list[str]:
    """Return a sentence for each two combinations that share a name though their values differ."""
    notices = []
    for plan in plans:
        for first, later in plan.combinations.merged if plan.combinations else ():
            notices.append(
                f"step {plan.step.name}: rows {first + 1} and {later + 1} of the parameters"
                f" differ but have the same labels; only row {first + 1} is run"
            )
    return notices
