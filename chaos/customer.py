"""A customer who buys at the shop, and records the shop's answers."""
import concurrent.futures
import contextlib
import dataclasses
import time

from chaos.client import Client, NoAnswer

ADDRESS = {"name": "Ada", "street": "1 Road", "city": "Paris", "postalCode": "75001", "country": "FR"}
PATIENCE = 90  # seconds for which a request is repeated
IMPATIENCE = 1  # seconds after which a careless customer gives up
AGAIN = {401, 429, 500, 502, 503, 504}  # what says nothing of the request itself


class Customer:
    """Buys one thing after the other."""

    def __init__(self, shop, told, email, password="a good password"):
        self._shop = shop
        self._told = told
        self.email = email
        self._password = password
        self._client = Client(shop)
        self._left = None  # what an order that was refused, or had no answer, may have left in the cart

    def sign_up(self):
        body = {"email": self.email, "password": self._password, "name": "Ada"}
        answer = self.patiently("POST", "/accounts", body, signed_in=False)
        # Taken: by the earlier request, whose answer was lost.
        self._told.add("account", email=self.email, status=answer.status if answer else None)
        self.sign_in()

    def sign_in(self):
        """Signs in once more, so that the token is new. Returns whether that worked."""
        # One that was issued while the clock was ahead is refused, and with it every request that bears it.
        self._client.token = None
        try:
            answer = self._client.send("POST", "/sessions", {"email": self.email, "password": self._password})
        except NoAnswer:
            return False
        if answer.status == 201:
            self._client.token = answer.json["accessToken"]
        return answer.status == 201

    def buy(self, purchase):
        """Puts a product in the cart and orders it in the manner of the purchase."""
        self._told.add("asked", **vars(purchase), account=self.email)
        if not self._fill(purchase):
            return self._told.add("unsent", key=purchase.key)
        if purchase.manner == "twice":
            order = self._order_beside(purchase, purchase)
        elif purchase.manner == "rival":
            rival = dataclasses.replace(purchase, key=purchase.rival_key)
            self._told.add("asked", **vars(rival), account=self.email)
            order = self._order_beside(purchase, rival)
        else:
            order = self._order(purchase)
        if order and purchase.manner in ("cancelled", "regretted"):
            if purchase.manner == "regretted":
                time.sleep(0.15)
                if purchase.token == "tok_slow":
                    self._await_charge(order)
            self._cancel(purchase, order)
        if order and purchase.manner == "changed":
            answer = self._post(purchase, {**self._request(purchase), "paymentToken": "tok_declined2"}, patient=True)
            self._told.add("changed", key=purchase.key, status=answer and answer.status)

    def _await_charge(self, order):
        """Waits until a slow charge of an order is probably in progress: it follows the reservation, and takes three seconds."""
        end = time.monotonic() + 30
        while time.monotonic() < end:
            with contextlib.suppress(NoAnswer):
                answer = self._client.send("GET", f"/orders/{order}")
                if answer.status == 200 and answer.json["status"] != "pending":
                    break
            time.sleep(0.05)
        time.sleep(0.5)

    def _order_beside(self, purchase, other):
        """Sends the request while another one of the same customer, for the same cart, is sent too."""
        twin = Customer(self._shop, self._told, self.email, self._password)
        twin._client.token = self._client.token
        with contextlib.closing(twin._client), concurrent.futures.ThreadPoolExecutor(1) as pool:
            second = pool.submit(twin._order, other)
            order = self._order(purchase)
            # Raises what went wrong there.
            second.result()
        return order

    def repeat(self, purchase):
        """Sends the request of a purchase once more, long after it was answered."""
        self._order(purchase, patient=True)

    def _fill(self, purchase):
        # A guest's cart joins that of the account.
        if self._left and (self._left != purchase.sku or purchase.manner == "guest"):
            self.patiently("DELETE", f"/cart/items/{self._left}", None)
        self._left = None
        if purchase.manner == "guest":
            self._client.token = None
        path, body = f"/cart/items/{purchase.sku}", {"quantity": purchase.quantity}
        answer = self.patiently("PUT", path, body, signed_in=purchase.manner != "guest")
        if answer and purchase.manner == "guest":
            cookies = [field.split(";")[0] for field in answer.headers.get_all("set-cookie", [])]
            self._client.cookie = next((cookie for cookie in cookies if cookie.startswith("guest=")), None)
            self.until(self.sign_in)
            # If the carts could not be joined at the sign-in, this joins them.
            answer = self.patiently("GET", "/cart", None)
            self._client.cookie = None
        return answer is not None and answer.status == 200

    def _request(self, purchase):
        return {"paymentToken": purchase.token, "shippingAddress": ADDRESS, "email": purchase.mail}

    def _post(self, purchase, body, patient):
        if patient:
            return self.patiently("POST", "/orders", body, idempotency_key=purchase.key)
        try:
            return self._client.send("POST", "/orders", body, limit=IMPATIENCE, idempotency_key=purchase.key)
        except NoAnswer:
            return None

    def _order(self, purchase, patient=False):
        """Sends the request, and returns the order's identifier if the shop gave one."""
        answer = self._post(purchase, self._request(purchase), patient=patient or purchase.manner != "careless")
        if answer is None or answer.status in AGAIN:
            self._told.add("unanswered", key=purchase.key)
            self._left = purchase.sku
            return None
        if answer.status in (200, 201):
            order, reason = (answer.json or {}).get("id"), None
        else:
            # What is in the cart stays there.
            order, reason, self._left = None, answer.json, purchase.sku
        self._told.add("answered", key=purchase.key, status=answer.status, order=order, reason=reason)
        return order

    def _cancel(self, purchase, order):
        answer = self.patiently("POST", f"/orders/{order}/cancel", {})
        status = (answer.json or {}).get("status") if answer and answer.status == 200 else None
        self._told.add("cancelled", key=purchase.key, order=order, status=answer and answer.status, order_status=status)

    def patiently(self, method, path, body, signed_in=True, **headers):
        """Repeats a request until it has an answer that says something of it. Returns None if there is none in time."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                # Without a token, it would be about a guest's cart.
                if signed_in and not self._client.token and not self.sign_in():
                    raise NoAnswer("the customer could not sign in")
                answer = self._client.send(method, path, body, **headers)
                if answer.status not in AGAIN:
                    return answer
                if answer.status == 401 and signed_in:
                    self.sign_in()
            except NoAnswer:
                pass
            time.sleep(0.2)
        return None

    def until(self, act):
        end = time.monotonic() + PATIENCE
        while not act() and time.monotonic() < end:
            time.sleep(0.2)
