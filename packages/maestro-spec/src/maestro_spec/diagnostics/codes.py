"""List every diagnostic: its code, its severity and its title.

An *error* is what upstream refuses too, or what drops, overwrites or mixes data. What runs and is
merely suspicious is a *warning*, and advice is a *hint*. A code never changes its meaning, and has
one severity. What each means, with an example wrong and right, stands in `explanations.yaml`.
"""

from __future__ import annotations

from typing import Literal

import attrs


@attrs.frozen
class Code:
    """One diagnostic."""

    name: str
    severity: Literal["error", "warning", "hint"]
    title: str


_LIST: list[tuple[str, Literal["error", "warning", "hint"], str]] = [
    # Reading
    ("MS001", "error", "the file cannot be read"),
    ("MS002", "error", "the file is no UTF-8"),
    ("MS003", "error", "the text is no YAML"),
    ("MS004", "error", "the file is too large"),
    ("MS005", "error", "nested too deep"),
    ("MS006", "error", "too many aliases"),
    ("MS007", "error", "too many values"),
    ("MS008", "error", "a key is there twice"),
    ("MS009", "error", "a YAML tag that does not belong here"),
    ("MS010", "error", "an anchor that contains itself"),
    ("MS011", "error", "more than one document"),
    ("MS012", "error", "a key that is no text"),
    # Structure
    ("MS101", "error", "unknown key"),
    ("MS102", "warning", "ignored key"),
    ("MS103", "error", "missing key"),
    ("MS104", "error", "wrong type"),
    ("MS105", "error", "empty value"),
    ("MS106", "error", "number out of range"),
    ("MS107", "error", "the same item twice"),
    ("MS108", "error", "none of the known words"),
    ("MS109", "warning", "kept, but never executed"),
    ("MS110", "warning", "a word that YAML takes for true or false"),
    ("MS111", "warning", "a time that YAML takes for a number"),
    ("MS112", "warning", "a number that YAML spells differently"),
    ("MS113", "warning", "a value that is no single value"),
    ("MS114", "error", "forms of parameters that do not mix"),
    # Parameters
    ("MS201", "error", "lists of unequal length"),
    ("MS202", "warning", "a label without %%"),
    ("MS203", "error", "equal labels for different values"),
    ("MS204", "warning", "labels that become equal as folder names"),
    ("MS205", "warning", "a parameter that no step uses"),
    ("MS206", "warning", "a parameter whose token means something else"),
    ("MS207", "error", "a parameter without values"),
    ("MS208", "error", "a range that makes no sense"),
    ("MS209", "error", "a table that cannot be used"),
    ("MS210", "warning", "a label that is cut or changed as a folder name"),
    ("MS211", "error", "a parameter is there twice"),
    # Steps and their graph
    ("MS301", "error", "duplicate step name"),
    ("MS302", "error", "unknown dependency"),
    ("MS303", "error", "a step that depends on itself"),
    ("MS304", "error", "a cycle"),
    ("MS305", "warning", "a funnel on a step without parameters"),
    ("MS306", "warning", "a workspace used without a dependency"),
    ("MS307", "error", "a name that the workspace needs itself"),
    ("MS308", "warning", "a name that makes no folder as it is"),
    ("MS309", "warning", "step names that become equal as folder names"),
    ("MS310", "error", "instances of two steps with one name"),
    ("MS311", "warning", "a pattern over instances that are not waited for"),
    # Tokens
    ("MS401", "warning", "a token that nothing defines"),
    ("MS402", "warning", "a label or name of something that is no parameter"),
    ("MS403", "error", "the workspace of an unknown step"),
    ("MS404", "error", "variables that contain each other"),
    ("MS405", "warning", "a launcher in a step without nodes or procs"),
    ("MS406", "error", "launchers that take more than the step has"),
    ("MS407", "warning", "a token in a place where it has no effect"),
    ("MS408", "error", "a name defined twice"),
    ("MS409", "error", "a reserved name"),
    ("MS410", "hint", "the old form of a launcher allocation"),
    ("MS411", "error", "a name without a letter"),
    ("MS412", "warning", "a variable of the shell called like a parameter"),
    # Values and the batch block
    ("MS502", "warning", "an unknown scheduler"),
    ("MS503", "hint", "a key that this scheduler does not use"),
    ("MS504", "error", "a walltime that no scheduler understands"),
    ("MS505", "warning", "a walltime that is none, in a local step"),
    ("MS506", "hint", "a walltime that schedulers read differently"),
    ("MS507", "error", "a git dependency with several versions"),
    ("MS508", "error", "a batch value that is no number"),
    ("MS509", "warning", "an unknown placeholder in the launcher"),
    ("MS510", "warning", "exit codes that contradict each other"),
    ("MS511", "hint", "a restart that never happens"),
    ("MS512", "error", "a token that gives no number"),
    ("MS513", "error", "a token that is neither true nor false"),
    # Commands
    ("MS601", "hint", "a program in the background that nothing waits for"),
    # Results
    ("MS701", "error", "a result outside of the step's folder"),
    ("MS702", "error", "a pattern that finds no value"),
    ("MS703", "error", "a result that contradicts itself"),
    ("MS704", "error", "two results of one name"),
    ("MS705", "error", "a result called like a column that is there"),
]

CODES: dict[str, Code] = {name: Code(name, severity, title) for name, severity, title in _LIST}
