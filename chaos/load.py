"""The customers of a run, who buy at the times that their purchases give."""
import random
import threading
import time

from chaos.administrator import Administrator
from chaos.customer import Customer
from chaos.purchases import BUSY, LEAD


class Load:
    """Customers who buy at the same time, each one thing after the other."""

    def __init__(self, shop, told, purchases, customers, seed):
        self._told = told
        self._purchases = purchases
        self._customers = [Customer(shop, told, f"customer-{seed}-{number}@chaos.example") for number in range(customers)]
        self._administrator = Administrator(shop, told)
        self._random = random.Random(f"repeats {seed}")
        self._hangs = {purchase.hang: threading.Event() for purchase in purchases if purchase.hang is not None}
        self._placed = {hang: threading.Semaphore(0) for hang in self._hangs}
        self._threads = []
        self._failures = []

    def prepare(self):
        """Fills the catalog and signs the customers up."""
        self._administrator.stock()
        for customer in self._customers:
            customer.sign_up()

    def start(self):
        begin = time.monotonic()
        for number, customer in enumerate(self._customers):
            own = [purchase for purchase in self._purchases if purchase.customer == number]
            self._threads.append(threading.Thread(target=self._run, args=(customer, own, begin), daemon=True))
        for thread in self._threads:
            thread.start()

    def _run(self, customer, purchases, begin):
        try:
            for purchase in purchases:
                if purchase.hang is None:
                    time.sleep(max(0, begin + purchase.at - time.monotonic()))
                else:
                    self._hangs[purchase.hang].wait()
                customer.buy(purchase)
                if purchase.hang is not None:
                    self._placed[purchase.hang].release()
        except Exception as error:  # a fault of the load itself must not look like one of the shop
            self._failures.append(error)

    def give_work(self, hang):
        """Has the orders placed that must be in progress during a hang, and waits until half of them are, or for a moment."""
        begin = time.monotonic()
        if hang in self._hangs:  # unless there are more hangs than orders
            self._hangs[hang].set()
            for _ in range(BUSY // 2):
                self._placed[hang].acquire(timeout=max(0, begin + 20 - time.monotonic()))
        time.sleep(max(0.5, begin + LEAD - time.monotonic()))

    def finish(self, limit):
        """Waits for all customers, and repeats some of their requests. Raises what the load itself did wrong."""
        end = time.monotonic() + limit
        # A hang may not have been inflicted.
        for hang in self._hangs.values():
            hang.set()
        for thread in self._threads:
            thread.join(max(0, end - time.monotonic()))
        if self._failures:
            raise ExceptionGroup("the load itself has failed", self._failures)
        if any(thread.is_alive() for thread in self._threads):
            raise TimeoutError(f"the customers have not come to an end within {limit} s")
        repeated = self._random.sample(self._purchases, min(len(self._purchases), 5 + len(self._purchases) // 50))
        for purchase in repeated:
            self._customers[purchase.customer].repeat(purchase)
