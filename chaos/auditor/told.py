"""What the customers were told: the lines that the load generator wrote while it bought."""
import dataclasses
import json


SOON = 30  # seconds for which a customer's orders may be refused because of the one before them
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
        for line in lines(path):
            getattr(self, "_" + line["what"])(line)

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
            self._accept(request.account)
        else:
            request.refusals.append(line["status"])
            request.refused_at = line.get("at", 0)
            request.is_explained = request.refused_at - self._unknown.get(request.account, float("-inf")) < LATE or request.was_unknown
            self._refused.setdefault(request.account, []).append(request)

    def _accept(self, account):
        """Until what an order has is out of the cart, which takes as long as the store is down, further orders are refused, but not for long."""
        refused = self._refused.pop(account, ())
        if refused and refused[-1].refused_at - refused[0].refused_at < SOON:
            for request in refused:
                request.is_explained |= request.refusals == [409]

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
