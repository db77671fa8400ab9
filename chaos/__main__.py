"""Harms the shop while customers buy, and counts what became of every order."""
import argparse
import sys

from chaos import crash_points, mutants, namespaces, run
from chaos.shop import PROGRAM


def main():
    parser = argparse.ArgumentParser(prog="python -m chaos", description=__doc__)
    commands = parser.add_subparsers(required=True)
    chaos = commands.add_parser("run", help="runs the shop under load and faults, and audits it")
    chaos.add_argument("--seed", type=int, default=1, help="determines the purchases and the faults")
    chaos.add_argument("--orders", type=int, default=300)
    chaos.add_argument("--faults", type=int, default=15)
    chaos.add_argument("--engines", choices=["embedded", "postgres"], default="embedded")
    chaos.add_argument("--kinds", help="only these kinds of fault, separated by commas")
    chaos.add_argument("--check", action="append", metavar="NAME", help="make only this check; can be given several times")
    chaos.add_argument("--keep", metavar="FOLDER", help="keep the records, the log and the data there even if all is well")
    chaos.add_argument("--program", metavar="FILE", default=PROGRAM, help="the shop's executable, such as that of a release build")
    chaos.set_defaults(run=run.run)
    points = commands.add_parser("crash-points", help="ends the shop at each place between two acts that last, and audits it")
    points.add_argument("--place", action="append", metavar="NAME", help="only this place; can be given several times")
    points.set_defaults(run=crash_points.run)
    planted = commands.add_parser("mutants", help="plants bugs in a copy of the sources, and shows that each is caught")
    planted.add_argument("--only", action="append", metavar="NAME", help="only this one; can be given several times")
    planted.set_defaults(run=mutants.run)
    options = parser.parse_args()
    if options.run is not mutants.run:
        namespaces.enter()
    return 0 if options.run(options) else 1


sys.exit(main())
