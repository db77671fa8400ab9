"""Known bugs that can be planted in the sources. As a program, verifies that each of them can be.

A bug is a file in `chaos/mutants`: which text of which source it replaces by what. All bugs are compiled at once, each behind
`mutated("its name")`, and one at a time is active, by the environment. So the shop is built once.
"""
import dataclasses
import pathlib
import sys
import tomllib

from chaos.shop import ROOT

FOLDER = pathlib.Path(__file__).with_name("mutants")
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


    def plant(self):
        """Changes the sources."""
        for change in self.changes:
            path = ROOT / change.file
            path.write_text(path.read_text(encoding="utf-8").replace(change.find, change.replace), encoding="utf-8")


def plant(mutants):
    """Changes the sources so that each of the bugs is in them, behind the switch."""
    for mutant in mutants:
        mutant.plant()
    for file in {change.file for mutant in mutants for change in mutant.changes}:
        with open(ROOT / file, "a", encoding="utf-8") as source:
            source.write(SWITCH)


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


if __name__ == "__main__":
    sys.exit(0 if verify(read()) else 1)
