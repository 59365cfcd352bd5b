"""The texts that `sbatch` gets, of one job and of an array.

A fault here would be a job whose comment has lost its token, an array whose elements share a log, or
nodes that a study wanted to keep away from and that are taken all the same.
"""

import pytest

from maestro_adapters.job.options import AdapterOptions
from maestro_adapters.job.prepared import Prepared
from maestro_adapters.job.submission import Submission
from maestro_adapters.slurm import script_text

OPTIONS = AdapterOptions(environment={"MY": "own"})
LINES = ("#SBATCH --nodes=1", '#SBATCH --job-name="a"', '#SBATCH --output="a.%j.out"')


def job(number=0, *, workspace="/w", folder=None, exclude_nodes=(), **fields):
    prepared = Prepared(workspace=workspace, label=f"s {number}", directives=LINES, **fields)
    script = f"{folder or workspace}/s{number}.slurm.sh"
    return Submission(f"k{number}", f"m.{number}.1", 1, script, prepared, exclude_nodes)


def test_one_job_has_all_its_directives_and_its_token():
    call = script_text.single_call(job(description="about it"), OPTIONS)
    assert call.stdin.startswith("#!/bin/sh\n" + "\n".join(LINES) + "\n")
    assert "MY=own\n" in call.stdin
    assert "MAESTRO_TOKEN=m.0.1\n" in call.stdin
    assert call.argv[-2:] == ("--chdir=/w", "--comment=about it m.0.1")


def test_where_slurm_would_misread_the_folder_the_driver_opens_the_logs():
    call = script_text.single_call(job(workspace="/w/100%j"), OPTIONS)
    assert call.argv[-2:] == ("--output=/dev/null", "--error=/dev/null")
    assert "'s 0'" in call.stdin
    assert "'s 0'" not in script_text.single_call(job(), OPTIONS).stdin


def test_a_script_elsewhere_must_be_there_to_go_along(tmp_path):
    carried = job(workspace=str(tmp_path / "w"), folder=tmp_path)
    with pytest.raises(FileNotFoundError):
        script_text.single_call(carried, OPTIONS)
    (tmp_path / "s0.slurm.sh").write_text("#!/bin/bash\n\necho carried\n")
    assert "echo carried\n" in script_text.single_call(carried, OPTIONS).stdin


def test_an_array_has_what_its_elements_share_and_a_branch_for_each():
    call = script_text.array_call([job(0), job(3)], OPTIONS)
    assert "--array=0-1" in call.argv
    assert "--job-name=s_0+1" in call.argv
    assert "--comment=m.[0,3].1" in call.argv
    assert "#SBATCH --nodes=1\n" in call.stdin
    assert "--job-name" not in call.stdin
    assert "0) MAESTRO_TOKEN=m.0.1\n" in call.stdin
    assert "1) MAESTRO_TOKEN=m.3.1\n" in call.stdin
    assert "*) exit 73 ;;\n" in call.stdin


def test_nodes_of_the_job_stand_beside_those_of_the_request():
    assert script_text.excluded(job(excluded=("n9",), exclude_nodes=("n1",))) == ["n9", "n1"]
    # A directive says it already.
    assert script_text.excluded(job(excluded=("n9",))) == []


@pytest.mark.parametrize("description", ["", "short", "ž " * 2000, "two\nlines"])
def test_a_comment_is_short_and_ends_with_the_token(description):
    comment = script_text.comment(description, "m.0.1")
    assert len(comment.encode()) <= 1024
    assert comment.split()[-1] == "m.0.1"
    assert "\n" not in comment


def test_what_differs_between_elements_is_not_common():
    assert script_text.common([*LINES, "#SBATCH --comment=x", "#SBATCH --error=y"]) == LINES[:1]
