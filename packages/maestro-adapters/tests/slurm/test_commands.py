"""The command lines of Slurm's programs.

A fault here would be an answer in a form that the user's own settings gave it, or a job that inherits the
allocation that we run in.
"""

from maestro_adapters.slurm import commands


def test_the_environment_of_slurm_s_commands(monkeypatch):
    for name in ("SQUEUE_FORMAT", "SACCT_FORMAT", "SBATCH_PARTITION", "SLURM_TIME_FORMAT"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("SLURM_JOB_ID", "1")
    monkeypatch.setenv("SLURM_CONF", "/etc/slurm.conf")
    left = {name for name in commands.environment() if name.startswith(("S",)) and "_" in name}
    assert left & {"SQUEUE_FORMAT", "SACCT_FORMAT", "SBATCH_PARTITION", "SLURM_JOB_ID"} == set()
    assert "SLURM_CONF" in left


def test_a_submission_says_whether_it_may_be_requeued():
    plain = commands.sbatch("text", workspace="/w", comment="c")
    assert plain.argv == ("sbatch", "--parsable", "--no-requeue", "--chdir=/w", "--comment=c")
    assert (plain.stdin, plain.submits) == ("text", True)
    more = commands.sbatch(
        "text", workspace="/w", comment="c", requeue=True, exclude=["n1", "n2"], options=["--x"]
    )
    assert more.argv[2] == "--requeue"
    assert more.argv[-2:] == ("--exclude=n1,n2", "--x")


def test_a_cluster_is_named_where_there_is_one():
    for call in (
        commands.squeue,
        lambda c: commands.sacct(["1"], c),
        lambda c: commands.scancel(["1"], c),
    ):
        assert "--clusters=oslo" in call("oslo").argv
        assert not any("cluster" in word for word in call(None).argv)


def test_times_are_numbers():
    for call in (commands.squeue(None), commands.sacct(["1", "2"], None)):
        assert call.variables == {"SLURM_TIME_FORMAT": "%s"}
    assert "--jobs=1,2" in commands.sacct(["1", "2"], None).argv
