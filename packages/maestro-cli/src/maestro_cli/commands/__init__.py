"""One module per command: its options (`register`), their values (`read_args`), what it does (`run`).

`COMMANDS` are the commands, named as their modules, in the order of the help.
"""

__all__ = ["COMMANDS"]

COMMANDS = (
    "run",
    "status",
    "ls",
    "results",
    "hold",
    "release",
    "skip",
    "cancel",
    "update",
    "resume",
    "amend",
    "validate",
    "why",
    "logs",
    "graph",
    "report",
    "archive",
    "clean",
    "completion",
)
