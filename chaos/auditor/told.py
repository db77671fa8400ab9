"""What the customers were told: the lines that the load generator wrote while it bought."""
import dataclasses
import json

from chaos.auditor.refusals import Refusals


def lines(path):
    """The lines of a record, without a last one that is not complete yet."""
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.endswith("\n")]


@dataclasses.dataclass
class Request:
    """A request to place an order, known by its idempotency key."""

    key: str
    token: str
    manner: str
    sku: str
    account: str = ""
    orders: set = dataclasses.field(default_factory=set)  # the orders that the answers named
    refusals: list = dataclasses.field(default_factory=list)  # the statuses of answers without an order
    answers: int = 0  # how many named an order
    cancellations: list = dataclasses.field(default_factory=list)  # (status of the answer or None, status of the order or None)
    changed: list = dataclasses.field(default_factory=list)  # answers to another request under the same key

    @property
    def order(self):
        return next(iter(self.orders), None)


class Told:
    """The ledger of what was asked and answered."""

    def __init__(self, path):
        self.requests = {}
        self.accounts = set()
        self.stock = {}
        all_lines = lines(path)
        for line in all_lines:
            getattr(self, "_" + line["what"])(line)
        self.refusals = Refusals(self.requests, all_lines)

    def _product(self, line):
        self.stock[line["sku"]] = line["stock"]

    def _account(self, line):
        self.accounts.add(line["email"])

    def _asked(self, line):
        fields = {field.name: line[field.name] for field in dataclasses.fields(Request) if field.name in line}
        self.requests[line["key"]] = Request(**fields)

    def _unsent(self, _):
        """The cart could not be filled, so there was no request."""

    def _answered(self, line):
        request = self.requests[line["key"]]
        if line["order"]:
            request.orders.add(line["order"])
            request.answers += 1
        else:
            request.refusals.append(line["status"])

    def _unanswered(self, _):
        """What became of the request is unknown: a request without an order."""

    def _cancelled(self, line):
        self.requests[line["key"]].cancellations.append((line["status"], line["order_status"]))

    def _changed(self, line):
        self.requests[line["key"]].changed.append(line["status"])

    @property
    def accepted(self):
        """The requests for which an order was promised."""
        return [request for request in self.requests.values() if request.orders]
