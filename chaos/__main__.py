"""Inflicts faults on the shop while customers buy, and counts what became of every order."""
import argparse
import os
import pathlib
import sys

from chaos import containment, crash_points, fence, folder, matrix, namespaces, run, schedule
from chaos.shop import PROGRAM, ROOT

FOLDER = "CHAOS_FOLDER"  # of the run that this process is to make; without it, the process prepares one


def parser():
    parser = argparse.ArgumentParser(prog="python -m chaos", description=__doc__)
    commands = parser.add_subparsers(required=True, dest="command")
    chaos = commands.add_parser("run", help="runs the shop under load and faults, and audits it")
    chaos.add_argument("--seed", type=int, default=1, help="determines the purchases and the faults")
    chaos.add_argument("--orders", type=int, default=300)
    chaos.add_argument("--faults", type=int, default=15)
    chaos.add_argument("--engines", choices=list(schedule.KINDS), default="embedded")
    chaos.add_argument("--kinds", help="only these kinds of fault, separated by commas")
    chaos.add_argument("--check", action="append", metavar="NAME", help="make only this check; can be given several times")
    chaos.add_argument("--program", metavar="FILE", default=PROGRAM, help="the shop's executable, such as that of a release build")
    chaos.set_defaults(run=run.run)
    points = commands.add_parser("crash-points", help="ends the shop at each crash point, and audits it")
    points.add_argument("--point", action="append", metavar="NAME", help="only this crash point; can be given several times")
    points.set_defaults(run=crash_points.run)
    fenced = commands.add_parser("fence", help="shows that a process that lost its work while it hung changes nothing any more")
    fenced.set_defaults(run=fence.run)
    for command in (chaos, points, fenced):
        command.add_argument("--keep", metavar="FOLDER", help="keep the records, the log and the data there even if all is well")
    planted = commands.add_parser("mutants", help="plants bugs in a copy of the sources, and shows that each is caught")
    planted.add_argument("--only", action="append", metavar="NAME", help="only this one; can be given several times")
    planted.set_defaults(run=matrix.run)
    return parser


def main():
    arguments = parser()
    options = arguments.parse_args()
    if options.run is matrix.run:
        return 0 if matrix.run(options) else 1
    if FOLDER in os.environ:
        return _inside(options, pathlib.Path(os.environ[FOLDER]))
    if options.keep and (reason := folder.refusal(options.keep)):
        arguments.error(reason)
    containment.end_when_told()
    with folder.Folder() as path:
        return namespaces.run([sys.executable, "-m", "chaos", *sys.argv[1:]], {**os.environ, FOLDER: str(path)})


def _inside(options, path):
    """Makes a run in its folder, which is kept if the run has failed or is to be kept."""
    containment.end_when_told()
    passed = False
    try:
        passed = options.run(options, path)
    finally:
        if options.keep or not passed:
            folder.keep(path, pathlib.Path(options.keep) if options.keep else ROOT / ".build" / "chaos" / options.command)
    return 0 if passed else 1


sys.exit(main())
