"""The shop of a run, with the servers, the disk, the network and the clock on which faults are inflicted."""
import contextlib

from chaos import namespaces
from chaos.broker_log import BrokerLog
from chaos.brokers import Kafka, RabbitMQ
from chaos.clock import Clock
from chaos.disk import Disk
from chaos.event_log import EventLog
from chaos.firewall import Firewall
from chaos.mail_server import MailServer
from chaos.recorder import Recorder
from chaos.servers import PostgreSQL, Redis
from chaos.shop import Shop

DISK = 768  # mebibytes
BROKERS = {"rabbitmq": RabbitMQ, "kafka": Kafka}
DATABASES = ["accounts", "catalog", "orders", "payments", "processor", "notifications"]


class Surroundings(contextlib.ExitStack):
    """A shop with its servers, its disk and its clock. All of it runs until the context ends."""

    def __init__(self, options, folder, mails):
        super().__init__()
        self.mail_server = MailServer(mails)
        self.servers = {}
        settings = {"REPLICAS": "orders=2,payments=2", "SMTP_URL": self.mail_server.url}
        if options.engines == "postgres":
            self.servers = {"postgres": PostgreSQL(folder / "postgres"), "redis": Redis(folder / "redis")}
            settings["DATABASE_URL"] = self.servers["postgres"].url + "{service}"
            settings["STORE_URL"] = self.servers["redis"].url
        self._broker = None
        if options.engines in BROKERS:
            self._broker = self.servers[options.engines] = BROKERS[options.engines](folder / options.engines)
        self.clock = Clock(folder)
        self.shop = Shop(folder, {**settings, **self.clock.settings}, program=options.program)
        own = namespaces.are_own()
        self.disk = Disk(self.shop.data, DISK) if own else None
        self.firewall = Firewall() if own else None
        self.events = EventLog(self.shop.data / "events.db")
        self._folder = folder

    @property
    def postgres(self):
        """The address of the PostgreSQL server, if there is one."""
        return self.servers["postgres"].url if "postgres" in self.servers else None

    @property
    def broker(self):
        """The address of the broker, if there is one."""
        return self._broker and self._broker.url

    def start(self):
        self.mail_server.start()
        self.callback(self.mail_server.stop)
        for server in self.servers.values():
            self.callback(server.stop)
            server.start()
        if "postgres" in self.servers:
            self.servers["postgres"].create(*DATABASES)
        if self._broker:
            self._record()
        self.callback(self.shop.kill)
        self.shop.start()

    def _record(self):
        """Has the shop publish on the broker, and everything recorded from before its start."""
        recorder = Recorder(self.broker, self._folder)
        self.callback(recorder.stop)
        recorder.start()
        self.events = BrokerLog(self.broker, recorder.path)
        self.shop.settings["EVENTS_URL"] = self.broker
