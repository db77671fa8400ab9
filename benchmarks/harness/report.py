"""The tables, in Markdown: on the terminal, and in docs/performance.md between two markers."""
import statistics

from .peers import BENCH, OURS
from .targets import TARGETS, own_pair, ratios

PAGE = BENCH.parent / "docs/performance.md"
BEGIN, END = "<!-- benchmarks/run writes from here -->", "<!-- to here -->"


def number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def spread(found):
    return f"{number(min(found))} | {number(statistics.median(found))} | {number(max(found))}"


def table(title, columns, rows):
    head = "| " + " | ".join(columns) + " |\n|" + "|".join("---" if index == 0 else "--:" for index in range(len(columns))) + "|"
    return [f"### {title}", "", head, *("| " + " | ".join(row) + " |" for row in rows), ""] if rows else []


def compared(title, unit, samples, ours, *processor):
    """A table of one kind: the values of each name, their ratios to Roost's round by round, and medians of what else was measured."""
    mine = [taken[0] for taken in samples.get(ours, [])]
    rows = []
    for name, taken in samples.items():
        found = [each[0] for each in taken]
        held = ratios(mine, found)
        rest = [statistics.median(values) for values in list(zip(*taken))[1:]] if processor else []
        rows.append([name, spread(found), spread(held) if held else " | | ", *(f"{value:.1f}" for value in rest)])
    columns = ["", "min", f"median, {unit}", "max", f"{ours} ÷ it: min", "median", "max", *processor]
    return table(title, columns, rows)


def targets(results):
    """The goals of the sections that were measured."""
    rows = []
    for target in (each for each in TARGETS if each.is_asked(results)):
        ratio = target.measured(results)
        rows.append([target.text, target.goal(), "–" if ratio is None else f"{ratio:.2f}", target.verdict(ratio)])
    return table("Targets", ["", "goal", "measured", ""], rows)


def simple(title, samples, names):
    """A table of values without a comparison."""
    return table(title, ["", "min", "median", "max"], [[names.get(name, name), spread(found)] for name, found in samples.items() if found])


def shop_rows(samples):
    """The cost of an order for each build of the shop, and of being idle: medians over the rounds."""
    def of(rounds, kind, value):
        return [found[kind][value] for found in rounds]

    def median(rounds, kind, value):
        return number(statistics.median(of(rounds, kind, value)))

    loads = [
        [name, customers, spread(of(rounds, customers, "rate")), *(median(rounds, customers, value) for value in ("median", "p99", "cpu"))]
        for name, rounds in samples.items() for customers in ("1", "16")
    ]
    idle = [[name, *(median(rounds, "idle", value) for value in ("percent", "MB", "processes"))] for name, rounds in samples.items()]
    columns = ["", "customers", "min", "median, orders settled a second", "max", "POST /orders: median, ms", "p99, ms", "CPU ms an order"]
    return table("The shop", columns, loads) + table("The shop, idle", ["", "CPU, % of a core", "memory, MB", "processes"], idle)


def data_rows(samples, settings):
    """The database section: what each kind counts, and what PostgreSQL used for it."""
    both, rows = ["CPU µs", "PostgreSQL's CPU µs"], []
    for kind, found in samples.items():
        what, _, callers = kind.partition(", ")
        at_a_time = f"{callers} at a time" if callers != "1" else "one after another"
        if kind.startswith("copy"):
            per_row = (f"{each}, 1,000 rows" for each in both)
            rows += compared(f"COPY {kind[5:]}, a million rows", "rows a second", found, OURS, *per_row, "memory, MB")
        elif kind.startswith("/"):
            rows += compared(f"PostgreSQL {kind}", "requests a second", found, OURS, *both)
        elif kind.startswith("driver"):
            what = what.removeprefix("driver: ")
            rows += compared(f"Driver alone: {what}s, {at_a_time}", f"{what}s a second", found, OURS, *both)
        elif kind.startswith("Redis"):
            rows += compared(f"{what}, {at_a_time}", "requests a second", found, OURS, "CPU µs")
        else:
            rows += compared(kind, f"{'transactions' if kind.endswith('transactions') else 'requests'} a second", found, OURS, "CPU µs")
    return [settings + ".", "", *rows] if rows else []


DURABLE = {
    "workflow": ("Workflow of three steps on SQLite", "workflows a second"),
    "workflow_postgres": ("Workflow of three steps on PostgreSQL", "workflows a second"),
    "log": ("Durable log, one producer and one consumer", "events a second"),
}


def durable_rows(samples, settings):
    """The durable section: rates, and beside each the time of an fdatasync on the same disk."""
    costs, rows = ["CPU µs", "server's CPU µs", "fdatasync, µs"], []
    for kind, found in samples.items():
        name, _, load = kind.partition(", ")
        if name in DURABLE:
            title, unit = DURABLE[name]
            rows += compared(f"{title}, {'one at a time' if load == '1' else f'{load} in flight'}", unit, found, OURS, *costs)
    rows += poisoned(samples.get("poison, 0", {}), samples.get("poison, 1", {}))
    rows += medians("From the start of a workflow until its first step begins", ["median, ms", "p99, ms", "fdatasync, µs"], samples.get("begin", {}))
    columns = ["median, ms", "p99, ms", "both idle, % of a core", "fdatasync, µs"]
    rows += medians("From a transaction that publishes an event to its handler in another process", columns, samples.get("relay", {}))
    for how in ("SIGKILL", "SIGSTOP"):
        taken = samples.get(f"takeover, {how}", {})
        rows += medians(f"From {how} until another process begins the step again", ["ms", "fdatasync, µs"], taken)
    return [f"{settings}." if settings else "", "", *rows] if rows else []


BROKERS = {
    "rabbitmq, publish": "RabbitMQ, publish: 256 events that are not confirmed yet",
    "rabbitmq, consume": "RabbitMQ, read and acknowledge",
    "kafka, publish": "Kafka's mock cluster, publish",
    "kafka, consume": "Kafka's mock cluster, read and commit",
}


def broker_rows(samples):
    """The section of brokers: rates by broker and direction, and the way of an event over each bus."""
    rows = []
    for kind, title in BROKERS.items():
        rows += compared(title, "events a second", samples.get(kind, {}), OURS, "CPU µs", "broker's CPU µs", "fdatasync, µs")
    columns = ["median, ms", "p99, ms", "both idle, % of a core", "fdatasync, µs"]
    return rows + medians("From a transaction to the handler in another process, by bus", columns, samples.get("carry", {}))


def poisoned(without, one):
    """What one key of 1,000 whose handler always fails costs the others: their rate to that without it, round by round."""
    def median(taken, column):
        return number(statistics.median(each[column] for each in taken))

    columns = ["", "events a second without it", "others with it", "ratio: min", "median", "max", "keys of which none was handled", "fdatasync, µs"]
    rows = []
    for name in (each for each in without if each in one):
        held = ratios([taken[0] for taken in one[name]], [taken[0] for taken in without[name]])
        rows.append([name, median(without[name], 0), median(one[name], 0), spread(held), median(one[name], 3), median(one[name], -1)])
    return table("One poisoned key among 1,000", columns, rows)


SCALING = {
    "connections": ["transactions a second", "CPU µs of server and pooler"], "memory": ["MB of the server more than without"],
    "partitions": ["ms", "MB of log"], "commits": ["transactions a second"], "lag": ["ms, median", "ms, longest"],
}


def scaling_rows(kind, samples):
    return medians(kind[0].upper() + kind[1:], SCALING[kind.partition(":")[0]], samples)


def medians(title, columns, samples):
    """A table of the medians of all that was measured."""
    rows = []
    for name, taken in samples.items():
        found = [number(statistics.median(values)) for values in zip(*taken)]
        rows.append([name, *(found[index] if index < len(found) else "–" for index in range(len(columns)))])
    return table(title, ["", *columns], rows)


def compile_rows(samples):
    names = {
        "toolkit": "the toolkit and its dependencies, clean, s", "Nothing": "a build with nothing to declare, s",
        "CodableStructs": "100 Codable structs of ten fields, s", "Schemas": "100 @Schema of ten fields, s",
        "Contracts": "100 @Contract of five functions, s", "Models": "100 @Model of 20 columns, s", "Queries": "100 queries, s",
    }
    return simple("Compile time, debug", samples, names)


def skipped(results):
    left_out = [f"- {name}: {reason}" for name, reason in results["skipped"].items()]
    return ["### Left out", "", *left_out, ""] if left_out else []


def versions(results):
    rows = [[name, told["version"] or "–", told["threads"] or "–"] for name, told in results["peers"].items()]
    return table("Versions", ["", "version", "uses"], rows)


def render(results):
    """All tables of a run."""
    lines = [f"{results['when']}, {results['machine']}. {results['options']}", "", *targets(results)]
    for route, samples in results.get("http", {}).items():
        lines += compared(f"HTTP {route}", "requests a second", samples, OURS, "CPU µs")
    grpc = results.get("grpc", {})
    lines += compared("gRPC servers", "calls a second", grpc.get("server", {}), OURS, "CPU µs")
    lines += compared("gRPC client → server", "calls a second", grpc.get("pair", {}), own_pair(OURS), "CPU µs")
    for kind, samples in results.get("codecs", {}).items():
        lines += compared(kind.replace("-", ", "), "ns", samples, OURS)
    for samples in results.get("calls", {}).values():
        lines += compared("One call between services", "ns", samples, "direct")
    lines += data_rows(results.get("data", {}), results.get("notes", {}).get("data", ""))
    lines += durable_rows(results.get("durable", {}), results.get("notes", {}).get("durable", ""))
    lines += broker_rows(results.get("brokers", {}))
    if "start_up" in results:
        lines += simple("Hello world", results["start_up"], {"ms": "from exec to the first response, ms"})
    lines += shop_rows(results.get("shop", {}))
    for kind, samples in results.get("scaling", {}).items():
        lines += scaling_rows(kind, samples)
    if "compile" in results:
        lines += compile_rows(results["compile"])
    return "\n".join(lines + versions(results) + skipped(results))


def write_page(text):
    """Writes the tables into docs/performance.md."""
    page = PAGE.read_text()
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n\n{text.rstrip()}\n\n{END}{after}")
