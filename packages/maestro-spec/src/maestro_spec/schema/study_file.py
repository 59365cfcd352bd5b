"""Describe the study file: every key, what it may hold, and whether it is ours.

The facts are those of maestrowf 1.2.1; what is marked `ours` is new here.
"""

from __future__ import annotations

from maestro_spec.schema.types import (
    Anything,
    ByNode,
    Flag,
    IfKey,
    Key,
    ListOf,
    MapOf,
    Number,
    Record,
    Shape,
    Text,
    Value,
    Walltime,
    Whole,
    Word,
)

PRIORITIES = ("held", "minimal", "low", "medium", "high", "expedited")

_TEXT = Text()
_COUNT = Whole(1)
_WORD = Text(blank=False)
_SETTING = Text(convert=True, empty=True, nullable=True, droppable=True)
_ARGS = MapOf(Anything(), droppable=True)
_EXIT_CODES = ListOf(Whole(0, 255, tokens=False))

DESCRIPTION = Record(
    "the description",
    (
        Key("name", _TEXT, "Name of the study.", required=True),
        Key("description", _TEXT, "What the study is about.", required=True),
    ),
    free=True,
)

ENV = Record(
    "`env`",
    (
        Key("variables", MapOf(Value(strict=True)), "Names and their values."),
        Key("labels", MapOf(Value()), "Texts that may hold parameter tokens."),
        Key("sources", ListOf(_TEXT), "Kept, never executed.", unused=True),
        Key(
            "dependencies",
            Record(
                "`dependencies`",
                (
                    Key(
                        "paths",
                        ListOf(
                            Record(
                                "a path dependency",
                                (
                                    Key("name", _TEXT, "The token's name.", required=True),
                                    Key("path", _TEXT, "It must exist.", required=True),
                                ),
                            )
                        ),
                        "Paths that must exist.",
                    ),
                    Key(
                        "git",
                        ListOf(
                            Record(
                                "a git dependency",
                                (
                                    Key("name", _TEXT, "The token's name.", required=True),
                                    Key("path", _TEXT, "Where the clone goes.", required=True),
                                    Key("url", _TEXT, "What is cloned.", required=True),
                                    Key("tag", _TEXT, "Check out this tag."),
                                    Key("hash", _TEXT, "Check out this commit."),
                                    Key("branch", _TEXT, "Check out this branch."),
                                ),
                                closed=False,
                            )
                        ),
                        "Repositories to clone.",
                    ),
                ),
                closed=False,
            ),
            "What the study needs from outside.",
        ),
    ),
)

BATCH = Record(
    "`batch`",
    (
        Key("type", _WORD, "Adapter: local, slurm, lsf, flux, or that of a plugin."),
        Key(
            "shell",
            Text(nullable=True, blank=False),
            "Interpreter of the scripts; /bin/bash by default.",
        ),
        Key("host", _SETTING, "Name of the cluster."),
        Key("bank", _SETTING, "Account to charge."),
        Key("queue", _SETTING, "Queue or partition."),
        Key("nodes", Whole(loose=True), "Default of the scheduled steps."),
        Key("procs", Whole(loose=True), "Default of the scheduled steps."),
        Key("gpus", Whole(loose=True), "Default of the scheduled steps."),
        Key("reservation", _SETTING, "Reservation to use."),
        Key("qos", _SETTING, "Quality of service."),
        Key("uri", _SETTING, "Flux instance to talk to."),
        Key("flux_uri", _SETTING, "The same as `uri`."),
        Key("version", _SETTING, "Flux interface; not needed."),
        Key("args", _ARGS, "Free options of Flux."),
        Key("allocation_args", _ARGS, "Free options of the submission, option: value."),
        Key("launcher_args", _ARGS, "Free options of the launcher, option: value."),
        Key("launcher", _TEXT, "Template of the launcher: mpirun -n {procs}.", ours=True),
        Key("local_slots", Whole(1, tokens=False), "Slots that local steps may fill.", ours=True),
        Key("array", Flag(tokens=False), "Equal ready jobs go to Slurm as one array.", ours=True),
        Key(
            "user_throttle",
            Whole(1, tokens=False),
            "Most jobs of yours in the queue, of all studies and others.",
            ours=True,
        ),
    ),
    closed=False,
    nullable=True,
)

EXCLUSIVE = ByNode(
    scalar=Flag(),
    mapping=Record(
        "`exclusive`",
        (
            Key("allocation", Flag(), "The nodes are for this job alone."),
            Key("launcher", Flag(), "The launcher takes them for one launch alone."),
        ),
        closed=False,
    ),
)

#: forms of the files that hold results
RESULT_FORMATS = ("json", "csv", "yaml", "keys")

RESULT = Record(
    "a result",
    (
        Key("file", _WORD, "Path in the step's folder.", required=True, ours=True),
        Key(
            "format",
            Word(RESULT_FORMATS, tokens=False),
            "json, csv, yaml or keys; by default what the file's name ends in.",
            ours=True,
        ),
        Key(
            "keys",
            ByNode(
                sequence=ListOf(_WORD, minimum=1, unique=True),
                mapping=MapOf(_WORD),
            ),
            "The values that are wanted, or COLUMN: path.to.it; all by default.",
            ours=True,
        ),
        Key(
            "pattern",
            _WORD,
            "Instead of keys: a regular expression with named groups, (?P<name>…).",
            ours=True,
        ),
        Key(
            "rows",
            Word(("last", "all"), tokens=False),
            "Which row of a list, a table, or of all places where the pattern fits.",
            ours=True,
        ),
        Key(
            "required",
            Flag(tokens=False),
            "The step fails where there is no such file.",
            ours=True,
        ),
    ),
)

RUN = Record(
    "`run`",
    (
        Key("cmd", _TEXT, "The commands of the step.", required=True),
        Key("depends", ListOf(_TEXT, unique=True), "Steps to wait for: S, or S_* for all of it."),
        Key("restart", _TEXT, "Commands to go on with after a time-out."),
        Key("pre", _TEXT, "Kept, never executed.", unused=True),
        Key("post", _TEXT, "Kept, never executed.", unused=True),
        Key("nodes", _COUNT, "Nodes; a step with nodes or procs is scheduled."),
        Key("procs", _COUNT, "Tasks."),
        Key("gpus", Whole(0), "GPUs per node."),
        Key("cores per task", _COUNT, "Cores."),
        Key("tasks per rs", _COUNT, "LSF: tasks per resource set."),
        Key("rs per node", _COUNT, "LSF: resource sets per node."),
        Key("cpus per rs", _COUNT, "LSF: cores per resource set."),
        Key("bind", _WORD, "LSF: binding of jsrun."),
        Key("bind gpus", _WORD, "LSF: binding of GPUs."),
        Key("walltime", Walltime(), "90 (minutes), 24:00:00, 2-00:00:00."),
        Key("reservation", _WORD, "Reservation to use."),
        Key("exclusive", EXCLUSIVE, "No other job on the nodes."),
        Key("nested", Flag(), "Flux: the script runs in an instance of its own."),
        Key("waitable", Flag(), "Flux: the job can be waited for."),
        Key("priority", Word(PRIORITIES, (0.0, 1.0)), "held … expedited, or 0.0 to 1.0."),
        Key("qos", _WORD, "Quality of service."),
        Key("retries", Whole(0, tokens=False), "How often a failed command runs again.", ours=True),
        Key("retry pause", Number(0), "Seconds before each retry.", ours=True),
        Key(
            "exit codes",
            Record(
                "`exit codes`",
                (
                    Key("success", _EXIT_CODES, "Exit codes that mean success."),
                    Key("retry", _EXIT_CODES, "Exit codes that are worth a retry."),
                    Key("restart", _EXIT_CODES, "Exit codes that ask for the restart commands."),
                ),
            ),
            "What the step's exit codes mean.",
            ours=True,
        ),
        Key("allow failure", Flag(tokens=False), "Descendants run although it failed.", ours=True),
        Key("requeue", Flag(), "The scheduler may requeue the job by itself.", ours=True),
        Key("enforce walltime", Flag(), "A local step is stopped after its walltime.", ours=True),
        Key("allocation_args", _ARGS, "Free options of the submission.", ours=True),
        Key("launcher_args", _ARGS, "Free options of the launcher.", ours=True),
        Key("results", ListOf(RESULT, minimum=1), "Files that hold what it yields.", ours=True),
    ),
)

STEP = Record(
    "a step",
    (
        Key("name", _TEXT, "Name of the step.", required=True),
        Key("description", _TEXT, "What the step does.", required=True),
        Key("run", RUN, "What it runs, and with what.", required=True),
    ),
)

RANGE = Record(
    "`range`",
    (
        Key("start", Number(), "First value.", required=True, ours=True),
        Key("stop", Number(), "Last value.", required=True, ours=True),
        Key("step", Number(), "From one value to the next.", ours=True),
        Key("num", Whole(1, tokens=False), "How many values.", ours=True),
    ),
    alternatives=(("step",), ("num",)),
)

LABEL = ByNode(scalar=_TEXT, sequence=ListOf(Text(convert=True)))

PARAMETER = Record(
    "a parameter",
    (
        Key("values", ListOf(Value()), "One value per row."),
        Key("label", LABEL, "Name of a value in folder names; %% stands for the value."),
        Key("range", RANGE, "Evenly spaced values, instead of `values`.", ours=True),
    ),
    alternatives=(("values", "label"), ("range",)),
)

CSV_TABLE = Record(
    "a table",
    (
        Key("csv", _TEXT, "File with a header line.", required=True, ours=True),
        Key("labels", MapOf(_TEXT), "Labels of its columns: COL: COL.%%", ours=True),
    ),
)

FACTOR = IfKey("csv", CSV_TABLE, Record("a factor of the grid", (), others=PARAMETER))

_GRID: Shape = ByNode(sequence=ListOf(FACTOR, minimum=1), mapping=PARAMETER)
_CSV: Shape = ByNode(scalar=_TEXT, mapping=IfKey("csv", CSV_TABLE, PARAMETER))

PARAMETERS = Record(
    "`global.parameters`",
    (
        Key("grid", _GRID, "Factors of a cartesian product; the last varies fastest.", ours=True),
        Key("csv", _CSV, "A table from a file with a header line.", ours=True),
    ),
    others=PARAMETER,
)

STUDY = Record(
    "the study file",
    (
        Key("description", DESCRIPTION, "Name and purpose.", required=True),
        Key("env", ENV, "Variables, labels and dependencies."),
        Key("batch", BATCH, "Scheduler."),
        Key("study", ListOf(STEP, minimum=1), "The steps.", required=True),
        Key("global.parameters", PARAMETERS, "The table of parameters."),
    ),
    closed=False,
    missed=True,
)
