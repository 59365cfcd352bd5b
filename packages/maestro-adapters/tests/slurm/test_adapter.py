"""Poll, cancel and find: one question a round, and an answer only where Slurm gave one.

A fault here would be a job that is given up since the controller or its database was away.
"""

from maestro_adapters.job import states


def line(job_id, state, comment="(null)", *, reason="None", code=0, restarts=0, nodes="n1"):
    return f"{job_id}|{state}|{reason}|{restarts}|1795341672|1795341675|{code}|{nodes}|{comment}|\n"


def test_one_squeue_for_all_jobs_with_our_own_format(runner, make_adapter):
    runner.answers("squeue", line("1", "RUNNING") + line("2_3", "PENDING") + line("9", "FAILED"))
    answers = make_adapter().poll(["1", "2_3"])
    assert {job: answer["state"] for job, answer in answers.items()} == {
        "1": states.RUNNING,
        "2_3": states.PENDING,
    }
    (call,) = runner.calls
    assert call.argv[0] == "squeue"
    assert any(word.startswith("--Format=JobArrayID:|,State:|") for word in call.argv)
    assert call.variables == {"SLURM_TIME_FORMAT": "%s"}


def test_sacct_is_asked_only_for_what_has_left_the_queue(runner, make_adapter):
    runner.answers("squeue", line("1", "RUNNING"))
    runner.answers("sacct", "2|FAILED|3:0|1795341672|1795341675|n[1-2]\n")
    answers = make_adapter().poll(["1", "2"])
    assert (answers["2"]["state"], answers["2"]["exit_code"]) == (states.FAILED, 3)
    assert answers["2"]["nodes"] == ["n1", "n2"]
    (argv,) = runner.argvs("sacct")
    assert "--jobs=2" in argv


def test_the_queue_goes_before_accounting(runner, make_adapter):
    """A requeued job is NODE_FAIL to `sacct` for a while."""
    runner.answers("squeue", line("1", "PENDING", restarts=1, reason="BeginTime"))
    runner.answers("sacct", "1|NODE_FAIL|0:0|1795341672|1795341675|n4\n")
    answer = make_adapter().poll(["1"])["1"]
    assert (answer["state"], answer["restarts"]) == (states.PENDING, 1)
    assert runner.argvs("sacct") == []


def test_a_job_that_nobody_knows_is_not_found_after_some_rounds(runner, make_adapter):
    runner.answers("squeue", line("1", "RUNNING"))
    runner.answers("squeue", "")
    runner.answers("sacct", "")
    adapter = make_adapter()
    found = [adapter.poll(["1"])["1"]["state"] for _ in range(4)]
    assert found == [states.RUNNING, states.RUNNING, states.RUNNING, states.NOTFOUND]


def test_what_accounting_takes_for_live_is_not_believed_of_a_job_that_left(runner, make_adapter):
    runner.answers("squeue", "")
    runner.answers("sacct", "1|RUNNING|0:0|1795341672|Unknown|n1\n")
    adapter = make_adapter()
    found = [adapter.poll(["1"])["1"]["state"] for _ in range(3)]
    assert found == [states.UNKNOWN, states.UNKNOWN, states.NOTFOUND]


def test_no_answer_says_nothing_and_counts_for_nothing(runner, make_adapter):
    adapter = make_adapter()
    runner.answers("squeue", line("1", "RUNNING"))
    runner.answers("sacct", "")
    adapter.poll(["1"])
    runner.forget()
    runner.hangs("squeue")
    for _ in range(10):
        answer = adapter.poll(["1"])["1"]
        assert answer["state"] == states.UNREACHABLE
        assert "squeue did not answer in time" in answer["reason"]
    runner.forget()
    runner.answers("squeue", "")
    runner.answers("sacct", "")
    assert adapter.poll(["1"])["1"]["state"] == states.RUNNING


def test_a_database_that_is_away_says_nothing_of_what_left_the_queue(runner, make_adapter):
    adapter = make_adapter()
    runner.answers("squeue", line("1", "RUNNING"))
    runner.hangs("sacct")
    answers = adapter.poll(["1", "2"])
    assert [answers[job]["state"] for job in ("1", "2")] == [states.RUNNING, states.UNREACHABLE]
    assert "sacct" in answers["2"]["reason"]


def test_without_accounting_the_queue_alone_decides(runner, make_adapter):
    adapter = make_adapter()
    runner.answers("squeue", "")
    runner.answers("sacct", stderr="Slurm accounting storage is disabled\n", exit_code=1)
    found = [adapter.poll(["1"])["1"]["state"] for _ in range(3)]
    assert found[-1] == states.NOTFOUND
    assert len(runner.argvs("sacct")) == 1


def test_without_an_sacct_too(runner, make_adapter):
    runner.answers("squeue", "")
    adapter = make_adapter()
    assert [adapter.poll(["1"])["1"]["state"] for _ in range(3)][-1] == states.NOTFOUND


def test_each_cluster_of_a_federation_is_asked_about_its_own(runner, make_adapter):
    runner.answers("squeue", line("1", "RUNNING"))
    runner.answers("squeue", "CLUSTER: oslo\n" + line("1", "COMPLETED"))
    answers = make_adapter().poll(["1", "1;oslo"])
    assert [answers[job]["state"] for job in ("1", "1;oslo")] == [states.RUNNING, states.FINISHED]
    assert ["--clusters=oslo" in argv for argv in runner.argvs("squeue")] == [False, True]


def test_cancel_in_one_command(runner, make_adapter):
    runner.answers("scancel")
    answers = make_adapter().cancel(["1", "2_3"])
    assert answers == {"1": {"cancelled": True}, "2_3": {"cancelled": True}}
    assert runner.argvs("scancel") == [("scancel", "1", "2_3")]


def test_a_job_that_has_ended_counts_as_cancelled(runner, make_adapter):
    stderr = (
        "scancel: error: Kill job error on job id 1: Job/step already completing or completed\n"
        "scancel: error: Kill job error on job id 2: Access/permission denied\n"
    )
    runner.answers("scancel", stderr=stderr, exit_code=1)
    answers = make_adapter().cancel(["1", "2", "3"])
    assert answers["1"] == {"cancelled": True}
    assert "Access/permission denied" in answers["2"]["error"]
    assert answers["3"] == {"cancelled": True}


def test_a_cancel_that_was_not_answered_is_an_error(runner, make_adapter):
    stderr = "scancel: error: Kill job error on job id 1: Unable to contact slurm controller (connect failure)\n"
    runner.answers("scancel", stderr=stderr, exit_code=8)
    answers = make_adapter().cancel(["1", "2"])
    assert answers["1"]["transient"]
    assert answers["2"]["transient"]
    runner.forget()
    runner.hangs("scancel")
    assert make_adapter().cancel(["1"])["1"]["transient"]


def test_find_reads_the_last_word_of_comments(runner, make_adapter):
    runner.answers(
        "squeue",
        line("7", "RUNNING", "about it m0.7.1")
        + line("8_0", "PENDING", "m0.[3-4].1")
        + line("8_1", "PENDING", "m0.[3-4].1"),
    )
    found = make_adapter().find(["m0.7.1", "m0.4.1", "m0.9.1"])
    assert found == {
        "m0.7.1": {"job": "7", "state": "RUNNING"},
        "m0.4.1": {"job": "8_1", "state": "PENDING"},
        "m0.9.1": {"absent": True},
    }


def test_find_cannot_ask(runner, make_adapter):
    runner.hangs("squeue")
    assert "error" in make_adapter().find(["m0.7.1"])["m0.7.1"]


def test_find_looks_at_the_study_s_own_cluster(runner, make_adapter):
    runner.answers("squeue", "")
    runner.answers("squeue", line("7", "RUNNING", "m0.7.1"))
    adapter = make_adapter(allocation_args={"clusters": "oslo"})
    assert adapter.find(["m0.7.1"]) == {"m0.7.1": {"job": "7;oslo", "state": "RUNNING"}}


def test_close_can_stop_the_jobs(runner, make_adapter):
    adapter = make_adapter()
    runner.answers("squeue", line("1", "RUNNING") + line("2", "COMPLETED"))
    runner.answers("scancel")
    adapter.poll(["1", "2"])
    adapter.close()
    assert runner.argvs("scancel") == []
    adapter.close(stop_jobs=True)
    assert runner.argvs("scancel") == [("scancel", "1")]
