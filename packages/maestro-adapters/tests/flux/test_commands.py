"""The command lines of Flux.

A fault here would be a job that goes to the enclosing instance in place of the one that was named, or a
plain job with an option that only `flux batch` has.
"""

from maestro_adapters.flux import commands


def test_which_flux_to_talk_to(monkeypatch):
    monkeypatch.setenv("FLUX_URI", "local:///enclosing")
    monkeypatch.setenv("FLUX_JOBS_FORMAT_DEFAULT", "x")
    assert commands.environment(None)["FLUX_URI"] == "local:///enclosing"
    environment = commands.environment("local:///other")
    assert environment["FLUX_URI"] == "local:///other"
    assert "FLUX_JOBS_FORMAT_DEFAULT" not in environment


def test_a_batch_job_s_driver_goes_through_standard_input():
    call = commands.batch("text", ["-c", "2"], "/w")
    assert call.argv == ("flux", "batch", "--cwd=/w", "-c", "2")
    assert (call.stdin, call.submits) == ("text", True)


def test_a_plain_job_s_directives_are_options():
    lines = ["#flux: -N 2", '#flux: --job-name="a b"', "#flux: --conf=a=1", "# flux: -x", "#"]
    call = commands.submit("text", lines, ["-c", "2"], "/w")
    assert call.argv == (
        "flux", "submit", "-N", "2", "--job-name=a b", "--cwd=/w", "-c", "2", "/bin/sh", "-c", "text",
    )  # fmt: skip
    assert call.submits


def test_only_live_jobs_are_looked_through():
    assert "--filter=pending,running" in commands.live_jobs().argv
    assert commands.jobs(["ƒ1"]).argv == ("flux", "jobs", "--json", "ƒ1")
    assert commands.cancel(["ƒ1", "ƒ2"]).argv == ("flux", "cancel", "ƒ1", "ƒ2")
