"""The command lines of LSF's programs.

A fault here would be a `bsub` that waits for ever, or a job that LSF runs twice.
"""

from maestro_adapters.lsf import commands


def test_bsub_does_not_wait_for_room(monkeypatch):
    monkeypatch.setenv("LSB_NTRIES", "99")
    monkeypatch.setenv("LSB_BJOBS_FORMAT", "jobid")
    monkeypatch.setenv("LSF_ENVDIR", "/lsf/conf")
    environment = commands.environment()
    assert environment["LSB_NTRIES"] == "1"
    assert "LSB_BJOBS_FORMAT" not in environment
    assert environment["LSF_ENVDIR"] == "/lsf/conf"


def test_a_submission_says_whether_it_may_run_again():
    for requeue, word in ((True, "-r"), (False, "-rn")):
        call = commands.bsub("text", workspace="/w", description="d", requeue=requeue)
        assert call.argv == ("bsub", "-cwd", "/w", "-Jd", "d", word)
        assert (call.stdin, call.submits) == ("text", True)


def test_jobs_that_have_ended_are_asked_for_too():
    assert "-a" in commands.bjobs(json=True).argv
    assert "-a" in commands.bjobs(json=False).argv
    assert commands.bkill(["1", "2"]).argv == ("bkill", "1", "2")
