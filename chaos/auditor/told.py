"""What the customers were told: the lines that the load generator wrote while it bought."""
import dataclasses
import json


SOON = 120  # seconds within which a customer whose order was refused because of the one before it has to get one
LATE = 120  # seconds after which a request that had no answer has no effect any more


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
    is_explained: bool = False  # whether another request of the account may be the reason of a refusal
    refused_at: float = 0
    was_unknown: bool = False  # whether it had no answer when it was sent first

    @property
    def order(self):
        return next(iter(self.orders), None)


class Told:
    """The ledger of what was asked and answered."""

    def __init__(self, path):
        self.requests = {}
        self.accounts = set()
        self.stock = {}
        self._refused = {}  # the requests of each account that were refused since its last order
        self._unknown = {}  # when each account last sent a request that had no answer
        self._last = 0  # when there was the last answer
        for line in lines(path):
            getattr(self, "_" + line["what"])(line)
        self._end()

    def _product(self, line):
        self.stock[line["sku"]] = line["stock"]

    def _account(self, line):
        self.accounts.add(line["email"])

    def _asked(self, line):
        fields = {field.name: line[field.name] for field in dataclasses.fields(Request) if field.name in line}
        self.requests[line["key"]] = Request(**fields)

    def _unsent(self, line):
        """The cart could not be filled, so there was no request. If it is sent later, there may be nothing in the cart."""
        self.requests[line["key"]].was_unknown = True

    def _answered(self, line):
        request = self.requests[line["key"]]
        self._last = line.get("at", 0)
        if line["order"]:
            if not request.orders:
                self._accept(request.account, line.get("at", 0))
            request.orders.add(line["order"])
            request.answers += 1
        elif request.refusals:  # a repetition is told the same
            request.refusals.append(line["status"])
        else:
            request.refusals.append(line["status"])
            request.refused_at = line.get("at", 0)
            request.is_explained = request.refused_at - self._unknown.get(request.account, float("-inf")) < LATE or request.was_unknown
            self._refused.setdefault(request.account, []).append(request)

    def _end(self):
        """Nothing can follow what was refused last."""
        for requests in self._refused.values():
            for request in requests:
                request.is_explained |= request.refused_at > self._last - SOON

    def _accept(self, account, at):
        """Until what an order has is out of the cart, which takes as long as the store is down, further orders are refused, but not for long."""
        for request in self._refused.pop(account, ()):
            request.is_explained |= request.refusals == [409] and at - request.refused_at < SOON

    def _unanswered(self, line):
        """What became of the request is unknown: a request without an order. It may still take what is in the cart later."""
        request = self.requests[line["key"]]
        request.was_unknown = True
        self._unknown[request.account] = line.get("at", 0)

    def _cancelled(self, line):
        self.requests[line["key"]].cancellations.append((line["status"], line["order_status"]))

    def _changed(self, line):
        self.requests[line["key"]].changed.append(line["status"])

    @property
    def accepted(self):
        """The requests for which an order was promised."""
        return [request for request in self.requests.values() if request.orders]
