"""A second PostgreSQL server that follows the first and answers reads."""
from .postgres import USER, Postgres


class Standby(Postgres):
    """A standby of a server with the same settings. It stops when it is closed."""

    def __init__(self, primary):
        self.primary = primary
        super().__init__()

    def fill(self):
        self.make("pg_basebackup", "-R", "-X", "stream", "-c", "fast", "-h", "127.0.0.1", "-p", str(self.primary.port), "-U", USER)
        (self.folder / "data").chmod(0o700)
        self.start()

    def is_awaited(self, flag):
        """Whether the first server's commits can wait for this one."""
        self.primary.ask(f"ALTER SYSTEM SET synchronous_standby_names = '{'*' if flag else ''}'")
        self.primary.ask("SELECT pg_reload_conf()")

    def lag_milliseconds(self):
        """How long ago the newest change that its readers do not see yet was written, by the first server's clock."""
        found = self.primary.ask("SELECT extract(epoch FROM coalesce(max(replay_lag), interval '0')) * 1000 FROM pg_stat_replication")
        return float(found or 0)
