"""Plants known bugs in a copy of the sources, and shows that each is caught by the check that is meant to catch it."""
import os
import subprocess
import sys
import tempfile
import time

from chaos import containment, mutants
from chaos.auditor import check
from chaos.shop import ROOT

INSIDE = "CHAOS_MUTANTS"
LIMIT = 600  # seconds for one run
MOUNT = 'mount -t overlay overlay -o "lowerdir=$1,upperdir=$2/upper,workdir=$2/work" "$1" && cd "$1" && shift 2 && exec "$@"'


def run(options):
    """Plants the bugs, runs the check of each, and prints the matrix. Returns whether each was caught."""
    chosen = _chosen(options.only)
    if not mutants.verify(chosen):
        return False
    if INSIDE not in os.environ:
        return _enter()
    mutants.plant(chosen)
    build = ["scripts/swift", "build", "--package-path", "shop", "--product", "shop"]
    if containment.run(build, cwd=ROOT) != 0:
        raise SystemExit("chaos: the sources cannot be built with the bugs")
    return _baseline(chosen) and _matrix(chosen)


def _chosen(names):
    known = {mutant.name: mutant for mutant in mutants.read()}
    if unknown := set(names or ()) - known.keys():
        raise SystemExit(f"chaos: there is no mutant {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    return [known[name] for name in names or known]


def _enter():
    """Runs this program again with a view of the repository in which changes stay apart: what is built of them goes with it."""
    containment.end_when_told()
    with tempfile.TemporaryDirectory(prefix="chaos-mutants-") as folder:
        for name in ("upper", "work"):
            os.mkdir(f"{folder}/{name}")
        again = [sys.executable, "-m", "chaos", *sys.argv[1:]]
        command = ["unshare", "--mount", "sh", "-c", MOUNT, "sh", str(ROOT), folder, *again]
        return containment.run(command, env={**os.environ, INSIDE: "1"}) == 0


def _baseline(chosen):
    """Runs each command without a bug. Returns whether all pass: a check that fails anyway would seem to catch everything."""
    commands = list(dict.fromkeys(mutant.command for mutant in chosen))
    for command in commands:
        begin = time.monotonic()
        code, text = _run(command)
        print(f"without a mutant: {' '.join(command)}: {'passed' if code == 0 else 'FAILED'} in {time.monotonic() - begin:.0f} s", flush=True)
        if code != 0:
            print(text[-4000:], f"0 of {len(chosen)} caught: without a mutant, {' '.join(command)} fails too", sep="\n", flush=True)
            return False
    return True


def _matrix(chosen):
    rows = []
    for mutant in chosen:
        begin = time.monotonic()
        code, text = _run(mutant.command, mutant.name)
        failed = check.failed(text)
        caught = bool(code) and mutant.check in failed
        end = "caught" if caught else "NOT CAUGHT" + (" within the time limit" if code is None else "")
        rows.append((mutant, caught, failed))
        print(f"mutant {mutant.name}: {end} in {time.monotonic() - begin:.0f} s", flush=True)
    width = max(len(mutant.name) for mutant in chosen)
    print("\nthe kill matrix: mutant, caught, expected check, all checks that failed")
    for mutant, caught, failed in rows:
        print(f"{mutant.name:{width}}  {'caught' if caught else 'LIVES':6}  {mutant.check:32}  {', '.join(failed)}")
    count = sum(caught for _, caught, _ in rows)
    print(f"{count} of {len(rows)} caught", flush=True)
    return count == len(rows)


def _run(command, mutant=None):
    """Runs a command of this program, with a bug that is active. Returns its exit code, or None after too long, and what it printed."""
    environment = {name: value for name, value in os.environ.items() if name not in (INSIDE, "MUTANT")}
    if mutant:
        environment["MUTANT"] = mutant
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as output:
        code = containment.run(
            [sys.executable, "-m", "chaos", *command], limit=LIMIT, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=output,
            stderr=subprocess.STDOUT)
        output.seek(0)
        return code, output.read()
