"""Plants known bugs in a copy of the sources, and shows that each is caught by the check that is meant to catch it.

A bug is a file in `chaos/mutants`: which text of which source it replaces by what. All bugs are compiled at once, each behind
`mutated("its name")`, and one at a time is active, by the environment. So the shop is built once.
"""
import dataclasses
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import tomllib

from chaos.shop import ROOT

FOLDER = pathlib.Path(__file__).with_name("mutants")
INSIDE = "CHAOS_MUTANTS"
# Added to each changed file and not to a module that all import, which would be built anew with everything else.
SWITCH = '''
#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Whether the planted bug of this name is active.
private func mutated(_ name: String) -> Bool { mutation == name }

private let mutation = getenv("MUTANT").map { String(cString: $0) }
'''


@dataclasses.dataclass(frozen=True)
class Change:
    """A text that occurs once in a file, and what replaces it."""

    file: str
    find: str
    replace: str


@dataclasses.dataclass(frozen=True)
class Mutant:
    name: str
    what: str
    check: str
    command: tuple
    changes: tuple

    def faults(self):
        """Why the bug cannot be planted, one line each."""
        for change in self.changes:
            path = ROOT / change.file
            count = path.read_text(encoding="utf-8").count(change.find) if path.exists() else 0
            if count != 1:
                yield f"chaos/mutants/{self.name}.toml: {change.file} has the text {count} times:\n{change.find}"
        if not any(f'mutated("{self.name}")' in change.replace for change in self.changes):
            yield f'chaos/mutants/{self.name}.toml: nothing is behind mutated("{self.name}")'


def read():
    """All planted bugs, by name."""
    mutants = []
    for path in sorted(FOLDER.glob("*.toml")):
        text = tomllib.loads(path.read_text(encoding="utf-8"))
        changes = tuple(Change(**change) for change in text["change"])
        mutants.append(Mutant(path.stem, text["what"], text["check"], tuple(text["command"]), changes))
    return mutants


def verify(mutants):
    """Prints what keeps bugs from being planted. Returns whether all can be."""
    faults = [fault for mutant in mutants for fault in mutant.faults()]
    for fault in faults:
        print(fault, file=sys.stderr)
    print(f"{len(mutants)} mutants, {len(faults)} faults")
    return not faults


def run(options):
    """Plants the bugs, runs the check of each, and prints the matrix. Returns whether each was caught."""
    mutants = [mutant for mutant in read() if not options.only or mutant.name in options.only]
    if not verify(mutants):
        return False
    if not os.environ.get(INSIDE):
        return _enter()
    for mutant in mutants:
        _plant(mutant)
    for file in {change.file for mutant in mutants for change in mutant.changes}:
        with open(ROOT / file, "a", encoding="utf-8") as source:
            source.write(SWITCH)
    build = [["scripts/swift", "build", "--package-path", "shop", "--product", "shop"]]
    if any(mutant.command[0] == "test" for mutant in mutants):
        build.append(["scripts/swift", "build", "--build-tests"])
    for command in build:
        subprocess.run(command, cwd=ROOT, check=True)
    return _matrix(mutants)


def _enter():
    """Runs this program again with a view of the repository in which changes stay apart: what is built of them goes with it."""
    with tempfile.TemporaryDirectory(prefix="chaos-mutants-") as folder:
        for name in ("upper", "work"):
            os.mkdir(f"{folder}/{name}")
        mount = f'mount -t overlay overlay -o "lowerdir=$1,upperdir=$2/upper,workdir=$2/work" "$1" && cd "$1" && shift 2 && exec "$@"'
        again = [sys.executable, "-m", "chaos", *sys.argv[1:]]
        command = ["unshare", "--mount", "sh", "-c", mount, "sh", str(ROOT), folder, *again]
        return subprocess.run(command, env={**os.environ, INSIDE: "1"}).returncode == 0


def _plant(mutant):
    for change in mutant.changes:
        path = ROOT / change.file
        path.write_text(path.read_text(encoding="utf-8").replace(change.find, change.replace), encoding="utf-8")


def _matrix(mutants):
    rows = []
    for mutant in mutants:
        begin = time.monotonic()
        caught, by = _try(mutant)
        rows.append((mutant, caught, by))
        print(f"mutant {mutant.name}: {'caught' if caught else 'NOT CAUGHT'} in {time.monotonic() - begin:.0f} s", flush=True)
    width = max(len(mutant.name) for mutant in mutants)
    print("\nthe kill matrix: mutant, caught, expected check, all checks that failed")
    for mutant, caught, by in rows:
        print(f"{mutant.name:{width}}  {'caught' if caught else 'LIVES':6}  {mutant.check:32}  {', '.join(by)}")
    count = sum(caught for _, caught, _ in rows)
    print(f"{count} of {len(rows)} caught", flush=True)
    return count == len(rows)


def _try(mutant):
    """Runs the command of a bug. Returns whether the expected check failed, and all that failed."""
    kind, *arguments = mutant.command
    command = ["scripts/test", "--skip-build", "--filter", *arguments] if kind == "test" else [sys.executable, "-m", "chaos", *mutant.command]
    environment = {name: value for name, value in os.environ.items() if name != INSIDE} | {"MUTANT": mutant.name}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=1800)
    if kind == "test":
        failed = sorted(set(re.findall(r"✘ Test (?:\"([^\"]+)\"|(\w+)\(.*?\)) (?:recorded|failed)", done.stdout)))
        failed = [a or b for a, b in failed]
    else:
        last = re.findall(r"^audit: .*; not (.*)$", done.stdout, re.MULTILINE)
        failed = sorted({name for line in last for name in line.split(", ")})
    return done.returncode != 0 and mutant.check in failed, failed


if __name__ == "__main__":
    # Only verifies that each can be planted.
    sys.exit(0 if verify(read()) else 1)
