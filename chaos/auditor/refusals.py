"""Which refusals of orders nothing explains."""
LATE = 120  # seconds for which a request without an answer may still take what is in the cart
SOON = 120  # seconds within which a customer whose order was refused because of the one before it gets one
BESIDE = ("twice", "rival")  # the manners in which two requests are sent at once for one cart


class Refusals:
    """The first refusal of each request, and whether another request may be its reason, from the lines that the load wrote."""

    def __init__(self, requests, lines):
        self._requests = requests
        self._refused = {}  # when requests were refused, by key
        self._explained = set()
        self._since = {}  # the requests of each account that were refused since its last order
        self._silent = {}  # when each account last sent a request that had no answer
        self._open = set()  # the requests that were sent before without an answer, or could not be sent
        self._ordered = set()  # the requests that have an order
        last = 0
        for line in lines:
            if line["what"] in ("answered", "unanswered", "unsent"):
                last = line.get("at", 0)
                getattr(self, "_" + line["what"])(requests[line["key"]], line, last)
        # What would explain them may still have come.
        self._explained |= {key for key, at in self._refused.items() if at > last - SOON}

    def unexplained(self):
        """The requests that were refused alone, without a reason."""
        return [self._requests[key] for key in self._refused if key not in self._explained and self._requests[key].manner not in BESIDE]

    def _unanswered(self, request, _, at):
        self._open.add(request.key)
        self._silent[request.account] = at

    def _unsent(self, request, *_):
        """The cart could not be filled. If the request is sent later, there may be nothing in it."""
        self._open.add(request.key)

    def _answered(self, request, line, at):
        if request.key in self._refused or request.key in self._ordered:
            return  # a repetition is told the same
        if line["order"]:
            return self._accepted(request, at)
        self._refused[request.key] = at
        if request.key in self._open or at - self._silent.get(request.account, float("-inf")) < LATE:
            self._explained.add(request.key)
        if line["status"] == 409:
            self._since.setdefault(request.account, []).append(request.key)

    def _accepted(self, request, at):
        """While the store of the carts is down, what has been ordered stays in the cart, and further orders are refused, but not for long."""
        self._ordered.add(request.key)
        self._explained |= {key for key in self._since.pop(request.account, ()) if at - self._refused[key] < SOON}
