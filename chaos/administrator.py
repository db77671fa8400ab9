"""The shop's administrator."""
import threading

from chaos.client import NoAnswer
from chaos.customer import AGAIN, Customer
from chaos.purchases import PRICE, STOCK
from chaos.shop import PASSWORD

PAUSE = 1.0  # seconds from one look at the runs to the next
# Why a run stops that has done nothing wrong. Whatever else has stopped a run is for the auditor to find.
DIED = "The process died"


class Administrator(Customer):
    """Puts products into the catalog, and retries runs that the faults have stopped."""

    def __init__(self, shop, told):
        super().__init__(shop, told, "admin@shop.example", PASSWORD)
        self.retried = set()

    def stock(self):
        """Adds the products of a run, and writes down how many there are of each."""
        self.until(self.sign_in)
        for sku, count in STOCK.items():
            product = {
                "name": f"Chaos {sku}", "description": "Bought while the shop is harmed.", "category": "chaos",
                "price": {"amount": PRICE, "currency": "EUR"}, "stock": count, "imageUrl": "/chaos.svg",
            }
            answer = self.patiently("PUT", f"/products/{sku}", product)
            if answer is None or answer.status != 200:
                raise RuntimeError(f"{sku} cannot be put into the catalog: {answer and answer.status}")
            self._told.add("product", sku=sku, stock=count)

    def retry_stuck(self):
        """Retries each run, once, that is stuck because processes died three times in a row while they worked on it."""
        for run in self._stuck():
            if run["id"] in self.retried or not run.get("reason", "").startswith(DIED):
                continue
            answer = self._send("POST", f"/workflows/{run['id']}/retry", {})
            if answer and answer.status == 200:
                self.retried.add(run["id"])
            elif answer and answer.status != 409:  # 409: it has ended meanwhile
                raise RuntimeError(f"run {run['id']} cannot be retried: {answer.status}")

    def _stuck(self):
        answer = self._send("GET", "/workflows?status=stuck&limit=100")
        if answer is None:
            return []
        if answer.status != 200:
            raise RuntimeError(f"the stuck runs cannot be listed: {answer.status}")
        return answer.json["items"]

    def _send(self, method, path, body=None):
        """The answer to a request, or None if there is none that says something of it."""
        try:
            answer = self._client.send(method, path, body)
            if answer.status == 401:
                self.sign_in()
        except NoAnswer:
            return None
        return None if answer.status in AGAIN else answer


class Watch:
    """An administrator who looks after the runs for as long as the context lasts. At its end, raises what went wrong."""

    def __init__(self, administrator):
        self._administrator = administrator
        self._end = threading.Event()
        self._failure = None
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self):
        self._administrator.until(self._administrator.sign_in)
        self._thread.start()

    def __exit__(self, *_):
        self._end.set()
        self._thread.join(60)
        if self._failure is not None:
            raise self._failure

    def _run(self):
        try:
            while True:
                self._administrator.retry_stuck()
                if self._end.wait(PAUSE):
                    return
        except Exception as error:  # raised at the end
            self._failure = error
