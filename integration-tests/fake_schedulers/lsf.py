"""`bsub`, `bjobs` and `bkill` as IBM Spectrum LSF 10.1 describes them.

Pages, below https://www.ibm.com/docs/en/SSWRJV_10.1.0/: `lsf_command_ref/bsub.man_top.1`,
`bjobs.man_top.1`, `bkill.man_top.1` and the page of each option beside them (`bsub.rn.1`,
`bsub.jd.1`, `bjobs.o.1`, `bjobs.json.1` …); states: `lsf_admin/job_states_lsf` ("About job states");
what ended a job: `lsf_admin/termination_reasons_lsf`; limits: `lsf_config_ref/lsb.params.max_pend_jobs.5`.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import sys

from engine import Job, is_down, new_id, root


def words(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


# bsub.man_top.1 and the option pages: options with a value, and without.
BSUB_VALUES = words(
    "a alloc_flags app b C c clusters cn_cu cn_mem core_isolation cwd D data datagrp E Ep e env "
    "eo eptl ext F f freq G g gpu i is J Jd jobaff jsdl jsdl_strict jsm json k L Lp ln_mem "
    "ln_slots M m mig n nnodes network o oo outdir P p pack ptl Q q R rcacct rnc S s sla smt sp "
    "stage step_cgroup T t ti U u v W We w wa wt yaml"
)
BSUB_FLAGS = words(
    "ar B csm datachk H hl I Ip IS ISp ISs Is IX K N Ne notify r rn tty ul V x XF Zs"
)
# bjobs.man_top.1
BJOBS_VALUES = words("app G g J Jd m N o P q sla u")
BJOBS_FLAGS = words(
    "A a aff aps cname d data env fwd gpu hms hostfile json l noheader p p0 p1 p2 p3 pe pei pi "
    "plan prio psum r rusage s script ss sum UF U W w WF WL WP X x V"
)
# bjobs.o.1
BJOBS_FIELDS = words(
    "jobid jobindex stat user user_group queue job_name job_description proj_name app "
    "service_class job_group job_priority rsvid esub kill_reason dependency pend_reason "
    "charged_saap command pre_exec_command post_exec_command resize_notification_command pids "
    "exit_code exit_reason from_host first_host exec_host nexec_host alloc_slot nalloc_slot "
    "host_file exclusive nreq_slot submit_time start_time estimated_start_time "
    "specified_start_time specified_terminate_time time_left finish_time estimated_run_time "
    "ru_utime ru_stime %complete warning_action action_warning_time pendstate pend_time "
    "ependtime ipendtime estimated_sim_start_time effective_plimit plimit_remain "
    "effective_eplimit eplimit_remain cpu_used run_time idle_factor exception_status slots mem "
    "max_mem avg_mem memlimit swap swaplimit gpu_num gpu_mode gpu_alloc j_exclusive "
    "kill_issue_host nthreads hrusage min_req_proc max_req_proc effective_resreq "
    "combined_resreq network_req srcjobid dstjobid source_cluster forward_cluster forward_time"
)
# bkill.man_top.1
BKILL_VALUES = words("app C g J m q s sla stat u")
BKILL_FLAGS = words("b d h l r t V")


def fail(message: str, code: int = 255) -> int:
    """What LSF's commands do with a mistake: a message, exit code 255."""
    print(message, file=sys.stderr)
    return code


def parse(
    argv: list[str], values: frozenset[str], flags: frozenset[str], command: str
) -> tuple[list[tuple[str, str]], list[str]]:
    """Options and the arguments behind them."""
    options: list[tuple[str, str]] = []
    words = list(argv)
    while words and words[0].startswith("-") and len(words[0]) > 1:
        name = words.pop(0)[1:]
        if name in values:
            if not words:
                raise SystemExit(fail(f"{command}: option requires an argument -- {name}"))
            options.append((name, words.pop(0)))
        elif name in flags:
            options.append((name, ""))
        else:
            raise SystemExit(fail(f"{command}: illegal option -- {name}"))
    return options, words


def bsub(argv: list[str]) -> int:
    """Submits what standard input holds; `#BSUB` lines give options, the command line goes before."""
    options, words = parse(argv, BSUB_VALUES, BSUB_FLAGS, "bsub")
    if words:
        return fail("this fake takes scripts from standard input alone")
    script = sys.stdin.read()
    given = {name for name, _ in options}
    for line in script.splitlines():
        if line.startswith("#BSUB"):
            more, rest = parse(shlex.split(line[5:]), BSUB_VALUES, BSUB_FLAGS, "bsub")
            if rest:
                return fail(f"bsub: {line}: unexpected argument")
            # bsub.r.1: several -R are taken together; of other options the command line's counts.
            options += [option for option in more if option[0] == "R" or option[0] not in given]
    chosen = dict(options)
    if {"r", "rn"} <= set(chosen):
        return fail("-r and -rn: Options conflict. Job not submitted.")  # bsub.rn.1
    if re.search(r"[\[\]]", chosen.get("J", "")):
        return fail("this fake has no job arrays")
    if not re.fullmatch(r"\d+(:\d+)?(/.*)?", chosen.get("W", "1")):
        return fail(f"{chosen['W']}: Illegal time specification. Job not submitted.")  # bsub.w.1
    # lsf_lim_config: the queues and user groups of this fake.
    if chosen.get("q", "normal") not in ("normal", "short"):
        return fail(f"{chosen['q']}: No such queue. Job not submitted.")
    if chosen.get("G", "science") != "science":
        return fail(
            f"{chosen['G']}: No such user group or user is not a member. Job not submitted."
        )
    if is_down():
        return fail("Cannot connect to LSF. Please wait ...")
    limit_file = root() / "max_pend_jobs"
    if limit_file.exists():
        pending = sum(state_of(job)[0] in ("PEND", "PSUSP") for job in Job.all())
        if pending >= int(limit_file.read_text()):
            # lsb.params.max_pend_jobs.5: rejected, and tried again LSB_NTRIES times.
            message = "User <tester>: Pending job threshold reached."
            if os.environ.get("LSB_NTRIES") != "1":
                return fail(f"{message} Retrying in 60 seconds... (this fake will not)")
            return fail(f"{message} Job not submitted.")
    job = Job(new_id())
    queue = chosen.get("q", "normal")
    cwd = chosen.get("cwd", os.getcwd())
    spec = {
        "options": options,
        "name": chosen.get("J", ""),
        "description": chosen.get("Jd", ""),
        "environment": {"LSB_JOBID": str(job.number), "LSB_QUEUE": queue},
    }
    job.store(spec)
    (job.folder / "script").write_text(script)
    if "H" in chosen:
        (job.folder / "held").touch()  # bsub.h.1: held in the PSUSP state
    else:
        hours, _, minutes = chosen.get("W", "0").rpartition(":")
        job.start(
            ["/bin/sh", str(job.folder / "script")],
            cwd=cwd,
            out=log(chosen.get("o", "/dev/null"), job),
            err=log(chosen.get("e", chosen.get("o", "/dev/null")), job),
            limit=int(hours or 0) * 3600 + int(minutes) * 60,
        )
    where = f"queue <{queue}>" if "q" in chosen else f"default queue <{queue}>"
    print(f"Job <{job.number}> is submitted to {where}.")
    return 0


def log(pattern: str, job: Job) -> str:
    """bsub.o.1: `%J` is the job id, `%I` the index of an array."""
    return pattern.replace("%J", str(job.number)).replace("%I", "0")


def state_of(job: Job) -> tuple[str, str, str]:
    """State, exit code and reason, as `bjobs -o "stat exit_code exit_reason"` shows them."""
    end = job.end
    if end is None:
        if job.has("held"):
            return "PSUSP", "", ""
        return ("RUN" if job.has("started") else "PEND"), "", ""
    if job.has("cancelled"):
        return "EXIT", "143", "TERM_OWNER: job killed by owner"
    if job.has("expired"):
        return "EXIT", "140", "TERM_RUNLIMIT: job killed after reaching LSF run time limit"
    return ("DONE", "", "") if end[0] == 0 else ("EXIT", str(end[0]), "")


def bjobs(argv: list[str]) -> int:
    """Shows jobs: all of ours with `-a`, in the format of `-o`, as text or JSON."""
    flags = BJOBS_FLAGS - ({"json"} if (root() / "no_json").exists() else set())
    options, ids = parse(argv, BJOBS_VALUES, flags, "bjobs")
    chosen = dict(options)
    if is_down():
        return fail("Cannot connect to LSF. Please wait ...")
    words = chosen.get("o", "").split()
    delimiter = next((w.split("=")[1].strip("'") for w in words if w.startswith("delimiter=")), " ")
    fields = [word.split(":")[0] for word in words if not word.startswith("delimiter=")]
    if not fields or not set(fields) <= BJOBS_FIELDS:
        return fail(f"bjobs: {' '.join(set(fields) - BJOBS_FIELDS)}: invalid field name")
    jobs = [job for job in Job.all() if not ids or str(job.number) in ids]
    if "a" not in chosen and not ids:
        jobs = [job for job in jobs if job.end is None]
    if not jobs:
        return fail("No job found" if "a" in chosen else "No unfinished job found")
    records = [record(job, fields) for job in jobs]
    if "json" in chosen:
        shown = [{field.upper(): value for field, value in entry.items()} for entry in records]
        print(json.dumps({"COMMAND": "bjobs", "JOBS": len(shown), "RECORDS": shown}, indent=2))
        return 0
    if "noheader" not in chosen:
        print(delimiter.join(field.upper() for field in fields))
    for entry in records:
        print(delimiter.join(value or "-" for value in entry.values()))
    return 0


def record(job: Job, fields: list[str]) -> dict[str, str]:
    """One line of `bjobs`."""
    stat, code, reason = state_of(job)
    values = {
        "jobid": str(job.number),
        "stat": stat,
        "exit_code": code,
        "exit_reason": reason,
        "exec_host": "hostA" if job.has("started") else "",
        "job_name": job.spec["name"],
        "job_description": job.spec["description"],
    }
    return {field: values.get(field, "") for field in fields}


def bkill(argv: list[str]) -> int:
    """Ends jobs."""
    _, ids = parse(argv, BKILL_VALUES, BKILL_FLAGS, "bkill")
    if is_down():
        return fail("Cannot connect to LSF. Please wait ...")
    known = {str(job.number): job for job in Job.all()}
    code = 0
    for job_id in ids:
        if job_id not in known:
            code = fail(f"Job <{job_id}>: No matching job found")
        elif known[job_id].end is not None:
            code = fail(f"Job <{job_id}>: Job has already finished")
        else:
            known[job_id].cancel()
            print(f"Job <{job_id}> is being terminated")
    return code
