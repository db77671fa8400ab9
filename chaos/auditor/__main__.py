"""usage: python -m chaos.auditor FOLDER [--postgres URL] [--events URL] [--check NAME …]

Samples the shop whose data is in FOLDER/data until its standard input ends, waits until nothing is left to do, and then prints the table
of its checks. Ends with 1 if any check fails or could not be made.
"""
import argparse
import pathlib
import sys

from chaos.auditor import check, delivery, ledger, money, orders, reality, workflow  # noqa: F401 (they register their checks)
from chaos.auditor.bus import bus
from chaos.auditor.evidence import Evidence
from chaos.auditor.samples import Samples, wait_until_quiet
from chaos.auditor.sources import Sources


def main():
    parser = argparse.ArgumentParser(prog="python -m chaos.auditor")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--postgres", help="the address of the server with a database for each service, with a slash at its end")
    parser.add_argument("--events", help="the address of the broker with the events, of which FOLDER/recorded.db has a record")
    parser.add_argument("--check", action="append", metavar="NAME", help="make only this check; can be given several times")
    parser.add_argument("--quiet-within", type=float, default=120, metavar="SECONDS", help="how long to wait until nothing is left")
    options = parser.parse_args()
    unknown = set(options.check or []) - check.CHECKS.keys()
    if unknown:
        parser.error(f"there is no check {', '.join(sorted(unknown))}; there are {', '.join(check.CHECKS)}")
    sources = Sources(options.folder / "data", options.postgres, {"events": options.folder / "recorded.db"} if options.events else None)
    events = bus(sources, options.folder, options.events)
    samples = Samples(sources)
    samples.start()
    sys.stdin.read()
    quiet = wait_until_quiet(sources, options.quiet_within, events)
    samples.stop()
    results = check.run(Evidence(options.folder, sources, samples, quiet, events), options.check)
    print(check.table(results), flush=True)
    print(check.summary(results))
    return 0 if all(result.state == "ok" for result in results.values()) else 1


sys.exit(main())
