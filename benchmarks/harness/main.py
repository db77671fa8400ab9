"""Measures Roost and its peers: builds them, checks their responses, loads them in turn, and prints tables of ratios."""
import argparse, datetime, json, os, pathlib, platform, shutil, signal, sys

from . import grpc_load, report, sections, shop
from .brokers import brokers
from .building import install_debian, prepare_all, say
from .compile_time import compile_time
from .data import data
from .durable import durable
from .peers import BUILD, OURS, Unavailable, all_peers
from .scaling import scaling
from .start_up import start_up

RESULTS = BUILD / "results.json"
TOOLS = {"wrk": "wrk", "h2load": "nghttp2-client", "nghttp": "nghttp2-client"}
# The sections, and the kinds of programs of the peers that each needs.
KINDS = {
    "http": ["http"], "grpc": ["grpc", "call"], "calls": ["compare"], "codecs": ["codecs"], "data": ["data", "sqlite", "driver", "copy", "file", "store"],
    "durable": ["workflow", "workflow_postgres", "log", "poison", "begin", "relay", "takeover"],
    "brokers": ["rabbitmq", "kafka", "carry"], "start-up": [], "shop": [], "scaling": [], "compile": [],
}
SECTIONS = tuple(KINDS)
# Those that are measured only if they are asked for.
LONG = ("scaling", "compile")


def arguments():
    parser = argparse.ArgumentParser(prog="benchmarks/run", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="the number of rounds (5)")
    parser.add_argument("--seconds", type=int, default=3, help="the duration of a load in seconds (3)")
    parser.add_argument("--only", help="measure only these peers: folder names, separated by commas; Roost is always measured")
    parser.add_argument("--skip", default="", help="leave these peers out: names or prefixes of names, such as rust")
    parser.add_argument("--skip-rust", action="store_true", help="the same as --skip rust")
    parser.add_argument("--sections", default=",".join(each for each in SECTIONS if each not in LONG),
                        help=f"the sections to measure, from {','.join(SECTIONS)}; by default all except {', '.join(LONG)}")
    parser.add_argument("--compile", action="store_true", help="measure compile time too, which takes minutes")
    parser.add_argument("--no-clean", action="store_true", help="leave out the clean build of compile time, which takes longest")
    parser.add_argument(
        "--shop", action="append", default=[], metavar="NAME=PROGRAM",
        help="another build of the shop, measured in turns with this one; can be repeated. There is a goal for the one with the name `before`")
    parser.add_argument("--no-build", action="store_true", help="run what was built before")
    parser.add_argument("--markdown", action="store_true", help="write the tables into docs/performance.md too")
    parser.add_argument("--again", action="store_true", help="print the results of the last run without measuring")
    given = parser.parse_args()
    given.sections = given.sections.split(",") + (["compile"] if given.compile else [])
    if unknown := set(given.sections) - set(SECTIONS):
        parser.error(f"unknown section {', '.join(sorted(unknown))}: the sections are {', '.join(SECTIONS)}")
    if not all("=" in other for other in given.shop):
        parser.error("--shop is NAME=PROGRAM")
    return given


def chosen(given):
    peers = all_peers()
    names = [peer.name for peer in peers]
    only = given.only.split(",") if given.only else names
    if unknown := set(only) - set(names):
        sys.exit(f"unknown peer {', '.join(sorted(unknown))}: the peers are {', '.join(names)}")
    left_out = tuple(filter(None, given.skip.split(","))) + (("rust",) if given.skip_rust else ())
    wanted = [peer for peer in peers if peer.name == OURS or peer.name in only and not (left_out and peer.name.startswith(left_out))]
    kinds = [kind for section in given.sections for kind in KINDS[section]]
    return [peer for peer in wanted if peer.has(kinds) or peer.name == OURS and "start-up" in given.sections]


def machine():
    model = next((line.partition(":")[2].strip() for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines()
                  if line.startswith("model name")), platform.machine())
    system = platform.freedesktop_os_release().get("PRETTY_NAME", platform.system())
    return f"{os.cpu_count()} cores ({model}), {system}, load {os.getloadavg()[0]:.1f} before"


def build(given, peers, skipped):
    """Builds the programs that the sections need. Returns the peers that are ready."""
    if "shop" in given.sections:
        say("builds the shop")
        try:
            shop.build()
        except Unavailable as reason:
            sys.exit(f"the shop cannot be built: {reason}")
    return prepare_all(peers, skipped)


def measure(given, peers, results):
    """Adds the samples of each section to the results, which are stored after each section, so that an interrupted run keeps them."""
    skipped = results["skipped"]
    work = {
        "http": lambda: sections.http(peers, given.rounds, given.seconds, skipped),
        "grpc": lambda: sections.grpc(peers, given.rounds, given.seconds, skipped),
        "calls": lambda: sections.calls(peers, given.rounds, skipped),
        "codecs": lambda: sections.codecs(peers, given.rounds, skipped),
        "data": lambda: data(peers, given.rounds, given.seconds, skipped, results["notes"]),
        "durable": lambda: durable(peers, given.rounds, given.seconds, skipped, results["notes"]),
        "brokers": lambda: brokers(peers, given.rounds, skipped),
        "start-up": start_up,
        "shop": lambda: shop.shop(given.rounds, given.seconds, dict(other.split("=", 1) for other in given.shop), skipped),
        "scaling": lambda: scaling(given.rounds, given.seconds, skipped),
        "compile": lambda: compile_time(min(given.rounds, 3), not given.no_clean),
    }
    for section in (each for each in SECTIONS if each in given.sections):
        say(f"measuring {section}")
        try:
            results[section.replace("-", "_")] = work[section]()
        except Unavailable as reason:
            skipped[section] = str(reason)
            say(f"SKIPPED {section}: {reason}")
        RESULTS.write_text(json.dumps(results, indent=1, ensure_ascii=False))


def main():
    # A request to end ends the program like any failure: the servers that it has started are stopped.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    given = arguments()
    if not given.again:
        if missing := sorted({package for tool, package in TOOLS.items() if shutil.which(tool) is None}):
            install_debian(missing)
        results = {
            "when": datetime.datetime.now().strftime("%Y-%m-%d %H:%M"), "machine": machine(), "skipped": {}, "notes": {},
            "options": f"{given.rounds} rounds of {given.seconds} s.",
        }
        grpc_load.write_messages()
        peers = chosen(given)
        if not given.no_build:
            peers = build(given, peers, results["skipped"])
        results["peers"] = {peer.name: {"version": peer.versions(), "threads": peer.threads} for peer in peers}
        measure(given, peers, results)
    results = json.loads(RESULTS.read_text())
    text = report.render(results)
    print(text)
    if given.markdown:
        report.write_page(text)
    # Nothing of Roost's own may fail.
    if any(name.partition(" ")[0] in (OURS, *SECTIONS) for name in results["skipped"]):
        sys.exit(1)
