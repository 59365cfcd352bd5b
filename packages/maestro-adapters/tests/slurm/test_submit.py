"""What goes to `sbatch`, and what becomes of its answers.

A fault here would be a job that is submitted twice, or two jobs of one array that get each other's
id.
"""

from maestro_adapters.process.runner import Result

LIMIT = (
    "sbatch: error: QOSMaxSubmitJobPerUserLimit\nsbatch: error: Batch job submission failed: Job "
    "violates accounting/QOS policy (job submit limit, user's size and/or time limits)\n"
)


def test_one_job(runner, make_adapter, make_jobs, tmp_path):
    adapter = make_adapter(environment={"MY": "it's"})
    runner.answers("sbatch", "14\n")
    answers = adapter.submit(make_jobs(adapter, 1))
    assert answers == {"k0": {"job": "14", "state": "PENDING"}}
    (call,) = runner.calls
    assert call.argv == (
        "sbatch",
        "--parsable",
        "--no-requeue",
        f"--chdir={tmp_path}/w0",
        "--comment=about it m0.0.1",
    )
    assert call.submits
    head = call.stdin.splitlines()
    assert head[0] == "#!/bin/sh"
    assert "#SBATCH --ntasks=1" in head
    # Directives end at the first other line.
    assert all(line.startswith("#SBATCH") for line in head[1 : 1 + call.stdin.count("#SBATCH")])
    assert "MAESTRO_TOKEN=m0.0.1" in call.stdin


def test_a_study_may_ask_for_requeue(runner, make_adapter, make_jobs):
    adapter = make_adapter()
    runner.answers("sbatch", "14\n")
    adapter.submit(make_jobs(adapter, 1, [{"requeue": True}]))
    assert "--requeue" in runner.calls[0].argv
    assert "SLURM_RESTART_COUNT" in runner.calls[0].stdin


def test_nodes_are_excluded_beside_those_of_the_request(runner, make_adapter, make_jobs):
    adapter = make_adapter()
    runner.answers("sbatch", "14\n")
    requests = [{"allocation_args": {"x": "n9"}}]
    adapter.submit(make_jobs(adapter, 1, requests, exclude_nodes=["n1", "n2"]))
    assert "--exclude=n9,n1,n2" in runner.calls[0].argv


def test_a_long_comment_keeps_the_token(runner, make_adapter, make_jobs):
    adapter = make_adapter()
    runner.answers("sbatch", "14\n")
    adapter.submit(make_jobs(adapter, 1, [{"description": "ž " * 2000}]))
    comment = runner.calls[0].argv[4].removeprefix("--comment=")
    assert len(comment.encode()) <= 1024
    assert comment.endswith(" m0.0.1")


def test_an_answer_without_an_id_leaves_it_open(runner, make_adapter, make_jobs):
    adapter = make_adapter()
    runner.answers("sbatch", "Welcome, 5 jobs are ahead of you\n")
    answer = adapter.submit(make_jobs(adapter, 1))["k0"]
    assert (answer["transient"], answer["unknown"]) == (True, True)
    assert "no job id" in answer["error"]


def test_a_script_elsewhere_that_is_gone_is_a_final_error(
    runner, make_adapter, make_jobs, tmp_path
):
    adapter = make_adapter()
    jobs = make_jobs(adapter, 2)
    runner.answers("sbatch", "14\n")
    jobs[0]["script"] = str(tmp_path / "gone.sh")
    answers = adapter.submit(jobs)
    assert not answers["k0"]["transient"]
    assert answers["k0"]["error"].startswith(f"cannot read {tmp_path}/gone.sh: ")
    assert answers["k1"] == {"job": "14", "state": "PENDING"}


def test_a_script_in_another_folder_is_carried_along(runner, make_adapter, make_jobs, tmp_path):
    adapter = make_adapter()
    jobs = make_jobs(adapter, 1, [{"command": "echo carried"}])
    elsewhere = tmp_path / "tmp-script.sh"
    elsewhere.write_text("#!/bin/bash\n\necho carried\n")
    jobs[0]["script"] = str(elsewhere)
    runner.answers("sbatch", "14\n")
    adapter.submit(jobs)
    assert "echo carried" in runner.calls[0].stdin


def test_after_an_outage_the_rest_is_not_tried(runner, make_adapter, make_jobs):
    adapter = make_adapter()
    runner.hangs("sbatch")
    answers = adapter.submit(make_jobs(adapter, 5))
    assert len(runner.calls) == 1
    assert (answers["k0"]["transient"], answers["k0"]["unknown"]) == (True, True)
    for key in ("k1", "k2", "k3", "k4"):
        assert (answers[key]["transient"], answers[key]["unknown"]) == (True, False)
        assert "not tried" in answers[key]["error"]


def test_a_limit_stops_only_those_that_it_concerns(runner, make_adapter, make_jobs):
    adapter = make_adapter()
    jobs = make_jobs(adapter, 4, [{"qos": "a"}, {"qos": "a"}, {"qos": "b"}, {"qos": "a"}])
    runner.answers("sbatch", stderr=LIMIT, exit_code=1)
    runner.answers("sbatch", "15\n")
    answers = adapter.submit(jobs)
    assert len(runner.calls) == 2
    assert [answers[f"k{n}"].get("job") for n in range(4)] == [None, None, "15", None]
    assert all(answers[f"k{n}"]["transient"] for n in (0, 1, 3))


class TestArrays:
    def test_equal_jobs_go_as_one(self, runner, make_adapter, make_jobs):
        adapter = make_adapter(array=True)
        runner.answers("scontrol", "MaxArraySize            = 1001\n")
        runner.answers("sbatch", "20\n")
        answers = adapter.submit(make_jobs(adapter, 3))
        assert [answers[f"k{n}"]["job"] for n in range(3)] == ["20_0", "20_1", "20_2"]
        (argv,) = runner.argvs("sbatch")
        assert "--array=0-2" in argv
        assert "--comment=m0.[0-2].1" in argv
        assert "--output=.array.%A_%a.out" in argv
        text = runner.calls[-1].stdin
        assert "--job-name" not in text
        assert [f"w{n}/s{n}.slurm.sh" in text for n in range(3)] == [True] * 3

    def test_ids_of_a_federation_name_the_cluster(self, runner, make_adapter, make_jobs):
        adapter = make_adapter(array=True)
        runner.answers("scontrol", "")
        runner.answers("sbatch", "20;oslo\n")
        answers = adapter.submit(make_jobs(adapter, 2))
        assert [answers[key]["job"] for key in answers] == ["20_0;oslo", "20_1;oslo"]

    def test_different_directives_are_different_arrays(self, runner, make_adapter, make_jobs):
        adapter = make_adapter(array=True)
        requests = [{"walltime": str(10 + n % 2)} for n in range(4)]
        runner.answers("scontrol", "")
        runner.answers("sbatch", "20\n")
        runner.answers("sbatch", "21\n")
        answers = adapter.submit(make_jobs(adapter, 4, requests))
        assert sorted(answer["job"] for answer in answers.values()) == [
            "20_0",
            "20_1",
            "21_0",
            "21_1",
        ]

    def test_a_single_job_is_no_array(self, runner, make_adapter, make_jobs):
        adapter = make_adapter(array=True)
        runner.answers("sbatch", "20\n")
        assert adapter.submit(make_jobs(adapter, 1))["k0"]["job"] == "20"
        assert "--job-name" in runner.calls[0].stdin

    def test_an_array_is_cut_to_the_site_s_size(self, runner, make_adapter, make_jobs):
        adapter = make_adapter(array=True)
        runner.answers("scontrol", "MaxArraySize            = 4\n")
        runner.answers("sbatch", "20\n")
        runner.answers("sbatch", "21\n")
        answers = adapter.submit(make_jobs(adapter, 6))
        assert [argv[-4] for argv in runner.argvs("sbatch")] == ["--array=0-3", "--array=0-1"]
        assert len({answer["job"] for answer in answers.values()}) == 6

    def test_a_limit_lets_a_part_in(self, runner, make_adapter, make_jobs):
        adapter = make_adapter(array=True)
        room = 3

        def sbatch(call):
            nonlocal room
            size = next(
                (
                    int(a.partition("-")[2].rpartition("-")[2]) + 1
                    for a in call.argv
                    if "--array" in a
                ),
                1,
            )
            if size > room:
                return Result(call.argv, 1, stderr=LIMIT)
            room -= size
            return Result(call.argv, 0, f"{30 + room}\n")

        runner.answers("scontrol", "")
        runner.does("sbatch", sbatch)
        answers = adapter.submit(make_jobs(adapter, 8))
        assert sum("job" in answer for answer in answers.values()) >= 2
        assert all("job" in answer or answer["transient"] for answer in answers.values())

    def test_requeue_and_scripts_elsewhere_go_alone(self, runner, make_adapter, make_jobs):
        adapter = make_adapter(array=True)
        runner.answers("sbatch", "20\n")
        adapter.submit(make_jobs(adapter, 2, [{"requeue": True}] * 2))
        assert len(runner.argvs("sbatch")) == 2
        assert not any("--array" in " ".join(argv) for argv in runner.argvs("sbatch"))

    def test_a_lost_answer_leaves_all_elements_open(self, runner, make_adapter, make_jobs):
        adapter = make_adapter(array=True)
        runner.answers("scontrol", "")
        runner.hangs("sbatch")
        answers = adapter.submit(make_jobs(adapter, 3))
        assert all(answer["unknown"] for answer in answers.values())
