"""Steps that misbehave: beside one of them, the others must run as if it were not there."""

from __future__ import annotations

import random
import signal
from pathlib import Path

from faults.counted_study import make_study
from faults.judge import Leave, judge
from faults.trial import Trial
from waiting import wait_until

NAME = "misbehaving steps"
INJECTED = (
    "a step that deletes, replaces or empties its attempt file, script, logs or folder, kills its "
    "keeper, its conductor or itself, closes or fills its streams, forks, stays in the background, "
    "ignores TERM while it is cancelled, writes 4 GB of holes, takes rights away or changes limits"
)

#: The rest of a command is done when it runs for the first time alone.
_ONCE = "[ ! -e {first} ] || exit 0; : > {first}; "
#: Commands in sh.
WILD = {
    "deletes its attempt file": "rm -f $MAESTRO_ATTEMPT; sleep 0.1",
    "empties its attempt file": ": > $MAESTRO_ATTEMPT; sleep 0.1",
    "claims another end": "echo 'end code=7' >> $MAESTRO_ATTEMPT; sleep 0.1",
    "writes nonsense into its attempt file": "head -c 100000 /dev/urandom > $MAESTRO_ATTEMPT",
    "makes its attempt file 4 GB": "truncate -s 4G $MAESTRO_ATTEMPT; sleep 0.1",
    "puts a folder in its place": "rm -f $MAESTRO_ATTEMPT; mkdir $MAESTRO_ATTEMPT; sleep 0.1",
    "takes the next attempt's place": "mkdir .attempt.2; touch .attempt.3; exit 1",
    "forbids its attempt file": "chmod 000 $MAESTRO_ATTEMPT; sleep 0.1",
    "deletes its script": 'rm -f "$0"; sleep 0.1; exit 1',
    "replaces its script": "echo 'exit 9' > \"$0\"; sleep 0.1",
    "deletes its logs": "rm -f *.out *.err .log.*; echo more; echo more >&2; sleep 0.1",
    "renames its logs": "for f in *.out *.err; do mv $f x.$f; done; sleep 0.1",
    "makes its logs folders": "for f in *.out *.err; do rm $f; mkdir $f; done; sleep 0.1",
    "deletes its folder": 'rm -rf "$PWD"; sleep 0.1',
    "renames its folder": 'mv "$PWD" "$PWD.gone"; sleep 0.1',
    "replaces its folder by a file": 'rm -rf "$PWD"; touch "$PWD"; sleep 0.1',
    "forbids its folder": "chmod 000 .; sleep 0.1",
    "makes its folder read-only": "chmod 500 .; sleep 0.1; exit 1",
    "kills its keeper": "kill -9 $PPID; sleep 0.1",
    "stops its keeper for a while": "kill -STOP $PPID; sleep 0.3; kill -CONT $PPID",
    "tells its keeper to end": "kill -TERM $PPID; kill -INT $PPID; kill -HUP $PPID; sleep 0.1",
    "kills all above it": _ONCE + "kill -9 $(cut -d' ' -f4 /proc/$PPID/stat) $PPID; sleep 0.1",
    "kills its conductor": _ONCE + "kill -9 $(cut -d' ' -f4 /proc/$PPID/stat); sleep 0.1",
    "kills its session": "kill -9 0",
    "ends by a signal": "kill -SEGV $$",
    "stops itself for a while": "(sleep 0.3; kill -CONT $$) & kill -STOP $$",
    "closes its streams": "exec <&- >&- 2>&-; sleep 0.1",
    "closes all it has": 'for n in 0 1 2 3 4 5 6 7 8 9; do eval "exec $n>&-"; done; sleep 0.1',
    "forks": "for i in 1 2 3 4 5 6 7 8; do sleep 0.2 & done",
    "forks and forks": "f() { [ $1 = 0 ] || { f $(($1 - 1)) & f $(($1 - 1)) & }; sleep 0.05; }; f 4",
    "leaves a daemon": "setsid sleep 30 >&- 2>&- <&- &",
    "leaves a daemon with its logs": "setsid sleep 1 &",
    "leaves something in the background": "(sleep 0.5; echo late) &",
    "ignores TERM": "trap '' TERM INT HUP; " + _ONCE + "sleep 100; sleep 100",
    "writes 4 GB of holes": "truncate -s 4G big; dd if=/dev/null of=/dev/stdout bs=1 seek=4G",
    "writes 20 MB": "head -c 20000000 /dev/zero; head -c 20000000 /dev/zero >&2",
    "writes control characters": "printf '\\033[2J\\000\\377' | tee /dev/stderr",
    "runs another program in its place": "exec sleep 0.1",
    "lowers its limits": "ulimit -n 4; ulimit -f 0; echo more; true",
    "forgets its environment": "exec env -i sh -c 'sleep 0.1'",
    "asks for an update without sense": "echo '[' > ../.study.update.lock; sleep 0.1",
    "takes a new session": "exec setsid -w sleep 0.1",
    "fills the folder of the next step": "mkdir -p ../last; echo in the way > ../last/.attempt.7",
    "reads its input": "cat; read x; sleep 0.1",
    "fails at once": "exit 255",
}


def attempt(chance: random.Random, folder: Path) -> str | None:
    """Run a study with one of these steps; then judge it."""
    trial = Trial(folder)
    what = chance.choice(list(WILD))
    command = WILD[what].replace("{first}", str(folder / "first_wild"))
    make_study(trial, chance, wild=command)
    started = trial.start("conductor", trial.conductor())
    kills = {"kills all above it", "kills its conductor"}
    if what == "ignores TERM":
        wait_until((folder / "first_wild").exists, interval=0.01)
        started.within(chance.uniform(0, 0.5))
        trial.run("cancel", trial.maestro("cancel", "-y", trial.root), {0})
        trial.end(started, {2, 3})
        trial.settle()
        trial.run("resume", trial.maestro("resume", "-fg", trial.root), {2})
    else:
        trial.end(started, {2, -signal.SIGKILL} if what in kills else {2})
    lost = what == "kills all above it"
    asked = what == "ignores TERM"
    found = judge(trial, Leave(wild=True, lost=lost, asked=asked))
    return found and f"a step {what}: {found}"
