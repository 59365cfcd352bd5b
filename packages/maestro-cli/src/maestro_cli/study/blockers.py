"""Find out which instances keep another one from running."""

from __future__ import annotations

from maestro_cli.study.instances import Instance
from maestro_cli.study.tally import blocked
from maestro_cli.study.workspace_view import StudyView

__all__ = ["root_causes", "waits_for"]


def waits_for(study: StudyView, instance: Instance) -> list[Instance]:
    """Return the instances that must still finish before this one may run, in the graph's order."""
    graph = study.graph
    needs = set(graph.needs_of(instance.number))
    for number in graph.groups.get(instance.number, ()):
        step = study.steps[number]
        needs.update(range(step.first, step.first + step.size))
    done = ("FINISHED", "SKIPPED")
    return [each for each in study.instances(sorted(needs)) if each.state not in done]


def root_causes(study: StudyView, instance: Instance) -> list[Instance]:
    """Return the instances that ran and failed, and because of which this one could not run."""
    causes: dict[int, Instance] = {}
    seen = {instance.number}
    stack = [instance]
    while stack:
        for before in waits_for(study, stack.pop()):
            if before.number in seen:
                continue
            seen.add(before.number)
            if not blocked(before.state, before.submitted):
                causes[before.number] = before
            else:
                stack.append(before)
    return [causes[index] for index in sorted(causes)]
