"""The programs that are measured: Roost and its peers, each described by the peer.toml in its folder."""
import dataclasses, os, pathlib, subprocess, tomllib

BENCH = pathlib.Path(__file__).resolve().parent.parent
BUILD = BENCH / ".build"
ORDER = BENCH / "order.json"
MESSAGE = BUILD / "order.bin"
PYTHON = BUILD / "python/bin/python"
ROUTES = ("/plaintext", "/json", "/orders")
DATA_ROUTES = ("/row", "/rows", "/updates", "/fortunes", "/products", "/orders")
OURS = "roost"


class Unavailable(Exception):
    """Why a peer cannot be measured, in one line."""


@dataclasses.dataclass
class Peer:
    """The content of a peer.toml. A command is a list of words; an empty one is not available."""
    name: str
    folder: pathlib.Path
    debian: list = dataclasses.field(default_factory=list)
    python: bool = False
    build: list = dataclasses.field(default_factory=list)
    environment: dict = dataclasses.field(default_factory=dict)
    threads: str = ""
    version: str = ""
    routes: tuple = ROUTES
    http: list = dataclasses.field(default_factory=list)
    grpc: list = dataclasses.field(default_factory=list)
    call: list = dataclasses.field(default_factory=list)
    compare: list = dataclasses.field(default_factory=list)
    codecs: dict = dataclasses.field(default_factory=dict)
    # The database section: servers with PostgreSQL and with SQLite; programs, by their names in the tables, that measure themselves.
    data: list = dataclasses.field(default_factory=list)
    data_routes: tuple = DATA_ROUTES
    sqlite: list = dataclasses.field(default_factory=list)
    driver: dict = dataclasses.field(default_factory=dict)
    copy: dict = dataclasses.field(default_factory=dict)
    file: dict = dataclasses.field(default_factory=dict)
    store: dict = dataclasses.field(default_factory=dict)
    # The durable section: programs that measure themselves, by their names in the tables.
    workflow: dict = dataclasses.field(default_factory=dict)
    workflow_postgres: dict = dataclasses.field(default_factory=dict)
    log: dict = dataclasses.field(default_factory=dict)
    poison: dict = dataclasses.field(default_factory=dict)
    begin: dict = dataclasses.field(default_factory=dict)
    relay: dict = dataclasses.field(default_factory=dict)
    takeover: dict = dataclasses.field(default_factory=dict)
    # The section of brokers: the same.
    rabbitmq: dict = dataclasses.field(default_factory=dict)
    kafka: dict = dataclasses.field(default_factory=dict)
    carry: dict = dataclasses.field(default_factory=dict)

    def has(self, kinds):
        """Whether it has a program of one of these kinds."""
        return any(getattr(self, kind) for kind in kinds)

    def fill(self, word, **values):
        places = {"bench": BENCH, "build": self.folder / ".build", "order": ORDER, "message": MESSAGE, "python": PYTHON, **values}
        for name, value in places.items():
            word = word.replace("{" + name + "}", str(value))
        return word

    def command(self, words, **values):
        """The words with their placeholders filled in; a program in the folder with its full path."""
        filled = [self.fill(word, **values) for word in words]
        program = self.folder / filled[0]
        return [str(program) if filled[0].startswith(".build/") else filled[0], *filled[1:]]

    @property
    def surroundings(self):
        return {**os.environ, **self.environment}

    def output(self, words, timeout, **values):
        """The output of a program of the peer; raises Unavailable if it fails."""
        return output_of(self.command(words, **values), timeout, self.folder, self.surroundings)

    def versions(self):
        told = subprocess.run(
            ["sh", "-c", self.fill(self.version)], cwd=self.folder, env=self.surroundings, capture_output=True, text=True, timeout=60)
        return ", ".join(told.stdout.split("\n")).strip(", ").replace("\t", " ")


def output_of(command, timeout, folder=None, environment=None):
    """The output of a program; raises Unavailable if it fails or takes longer than the time limit in seconds."""
    try:
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, errors="replace", timeout=timeout)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unavailable(f"{command[0]}: {error}") from None
    if done.returncode != 0:
        raise Unavailable(f"{command[0]} exited with status {done.returncode}: {last_line(done.stderr)}")
    return done.stdout


def last_line(text):
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "it said nothing")


def all_peers():
    """Roost first, then the others by name."""
    files = [BENCH / "peer.toml", *sorted(BENCH.glob("peers/*/peer.toml"))]
    return [Peer(OURS if file.parent == BENCH else file.parent.name, file.parent, **tomllib.loads(file.read_text())) for file in files]
