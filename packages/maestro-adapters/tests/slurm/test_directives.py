"""Requests as `#SBATCH` lines and as words of `srun`.

A fault here would be a job with another walltime, or on other nodes, than its step asks for.
"""

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maestro_adapters.errors import RequestError, WalltimeError
from maestro_adapters.slurm.adapter import create
from maestro_adapters.slurm.directives import quoted, time_limit

BASE = {"name": "a_b", "label": "a b", "workspace": "/w", "command": "$(LAUNCHER) app"}


def lines(options=None, **fields):
    text = create(options or {}).render({**BASE, **fields})["script"]
    head, _, body = text.partition("\n\n")
    return head.splitlines()[1:], body


def test_every_directive_in_its_order():
    head, body = lines(
        {"bank": "proj", "queue": "debug", "reservation": "r1", "qos": "high"},
        description="say\n what",
        nodes=2,
        procs=4,
        gpus=1,
        cores_per_task=3,
        walltime="1:00:00",
        exclusive_allocation=True,
        default_procs=1,
        allocation_args={
            "mem": "2G",
            "w": "n1",
            "hold": None,
            "overcommit": False,
            "C": ["a", "b"],
        },
    )
    assert head == [
        "#SBATCH --nodes=2",
        "#SBATCH --partition=debug",
        "#SBATCH --account=proj",
        "#SBATCH --time=1:00:00",
        '#SBATCH --job-name="a_b"',
        '#SBATCH --output="a b.%j.out"',
        '#SBATCH --error="a b.%j.err"',
        '#SBATCH --comment="say what"',
        '#SBATCH --reservation="r1"',
        "#SBATCH --gres=gpu:1",
        "#SBATCH --ntasks=4",
        "#SBATCH --exclusive",
        "#SBATCH --qos=high",
        "#SBATCH --cpus-per-task=3",
        "#SBATCH --mem=2G",
        "#SBATCH -w n1",
        "#SBATCH --hold",
        "#SBATCH -C a",
        "#SBATCH -C b",
    ]
    assert body == "srun -n 4 -N 2 -c 3 --gres=gpu:1 app\n"


def test_what_is_not_said_is_not_written():
    head, body = lines(procs=1)
    assert [line.split("=")[0] for line in head] == [
        "#SBATCH --job-name",
        "#SBATCH --output",
        "#SBATCH --error",
        "#SBATCH --ntasks",
    ]
    assert body == "srun -n 1 app\n"


def test_nodes_without_procs_leave_the_tasks_to_slurm():
    head, body = lines(nodes=2)
    assert not any("ntasks" in line for line in head)
    assert body == "srun -N 2 app\n"


def test_a_step_that_runs_locally_has_no_directives_and_no_launcher():
    assert lines(scheduled=False, walltime="5") == ([], "app\n")


def test_the_study_s_template_replaces_srun():
    _, body = lines({"launcher": "mpirun -n {procs} -N {nodes}"}, nodes=2, procs=8)
    assert body == "mpirun -n 8 -N 2 app\n"


def test_free_options_of_the_launcher_and_its_exclusiveness():
    _, body = lines(
        {"launcher_args": {"mpi": "pmix"}},
        procs=2,
        exclusive_launcher=True,
        launcher_args={"l": None},
    )
    assert body == "srun -n 2 --exclusive --mpi=pmix -l app\n"


def test_a_map_is_no_option():
    with pytest.raises(RequestError, match="mem"):
        lines(procs=1, allocation_args={"mem": {"a": 1}})


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("90", "90"),
        ("10:00", "10:00"),
        ("24:00:00", "24:00:00"),
        ("2-00:00:00", "2-00:00:00"),
        ("1-12", "1-12"),
        ("0", "0"),
        ("30s", "00:00:30"),
        ("1.5h", "01:30:00"),
        ("2d", "2-00:00:00"),
        ("inf", "UNLIMITED"),
        ("unlimited", "unlimited"),
        ("INFINITE", "INFINITE"),
        (" 90 ", "90"),
        (None, None),
    ],
)
def test_walltimes(text, written):
    assert time_limit(text) == written


def test_what_is_no_walltime_is_refused():
    with pytest.raises(WalltimeError, match="1h30"):
        time_limit("1h30")


def test_a_pattern_s_signs_in_a_label_are_only_letters():
    head, _ = lines(label="a 50%j\\x", procs=1)
    assert '#SBATCH --output="a 50%%j_x.%j.out"' in head


@given(st.text(st.characters(blacklist_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1))
def test_a_quoted_value_is_one_word_again(text):
    """`sbatch` reads its directives as a shell does in double quotes, but for `$` and backquotes."""
    lexer = shlex.shlex(quoted(text), posix=True)
    lexer.whitespace_split = True
    lexer.commenters = ""
    assert list(lexer) == [text]
