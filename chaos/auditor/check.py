"""What a check is, and the table of their results."""
import collections
import dataclasses
import re
import traceback

from chaos.auditor.sources import Missing

CHECKS = {}


@dataclasses.dataclass
class Result:
    expected: object
    found: object
    faults: list = dataclasses.field(default_factory=list)  # what is wrong, one line each; none if all is well
    obstacle: str = ""  # why the check could not be made: "missing" for a source that is not there, "broken" for the check itself

    @property
    def state(self):
        return self.obstacle or ("FAILED" if self.faults else "ok")


def check(name):
    """Registers a function of the evidence as the check of this name, which other programs refer to."""

    def register(function):
        CHECKS[name] = function
        return function

    return register


def none(faults, of=None):
    """The result of a check that looks for faults, among `of` things, and should find none."""
    faults = list(faults)
    return Result("0 faults", f"{len(faults)} faults" + (f" in {of}" if of else ""), faults)


def at_least_one(count):
    """The result of a check that something has happened."""
    return Result("more than 0", count, [] if count > 0 else ["it never happened"])


def run(evidence, names=None):
    """Runs all checks, or those named. A check that cannot be made because its source is not there is missing."""
    results = {}
    for name, function in CHECKS.items():
        if names is not None and name not in names:
            continue
        try:
            results[name] = function(evidence)
        except Missing as reason:
            results[name] = Result("", str(reason), obstacle="missing")
        except Exception:  # a check that breaks has not been passed
            results[name] = Result("", "the check broke", traceback.format_exc().splitlines()[-3:], obstacle="broken")
    return results


def summary(results):
    """The results as a line: how many checks passed, and the names of the others by their states."""
    names = collections.defaultdict(list)
    for name, result in results.items():
        names[result.state].append(name)
    passed = names.pop("ok", [])
    return "; ".join([f"audit: {len(passed)} of {len(results)} checks passed", *(f"{state}: {', '.join(names[state])}" for state in names)])


def failed(text):
    """The names of the checks that failed, as the summaries in a text say."""
    return sorted({name for line in re.findall(r"^audit: .*\bFAILED: ([^;\n]*)", text, re.MULTILINE) for name in line.split(", ")})


def table(results):
    """The results as text: what was expected, what was found, and whether that is right."""
    rows = [("check", "expected", "found", "state")]
    rows += [(name, str(result.expected), str(result.found), result.state) for name, result in results.items()]
    widths = [min(64, max(len(row[column]) for row in rows)) for column in range(3)]
    lines = []
    for row in rows:
        cells = [row[column][:64].ljust(widths[column]) for column in range(3)]
        lines.append("  ".join([*cells, row[3]]).rstrip())
    for name, result in results.items():
        for fault in result.faults[:10]:
            lines.append(f"{name}: {fault}")
        if len(result.faults) > 10:
            lines.append(f"{name}: and {len(result.faults) - 10} more")
    return "\n".join(lines)
