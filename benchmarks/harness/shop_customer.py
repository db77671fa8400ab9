"""A customer: HTTP/1.1 over one persistent connection, with as little work per request as possible, since the cores are shared."""
import json, socket, time, uuid

from .peers import Unavailable

ADDRESS = {"name": "Ada", "street": "1 Road", "city": "Paris", "postalCode": "75001", "country": "FR"}
ENDS = {"confirmed", "rejected", "declined", "cancelled"}


class Client:
    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.token = None

    def ask(self, method, path, body, expected, fields=""):
        """The decoded body of the response; raises Unavailable if its status is not the expected one."""
        raw = json.dumps(body).encode() if body is not None else b""
        authorization = f"authorization: Bearer {self.token}\r\n" if self.token else ""
        content = f"content-type: application/json\r\ncontent-length: {len(raw)}\r\n" if raw else ""
        self.socket.sendall(f"{method} {path} HTTP/1.1\r\nhost: shop\r\n{authorization}{content}{fields}\r\n".encode() + raw)
        status, answer = self.receive()
        if status != expected:
            raise Unavailable(f"{method} {path} returns {status}: {answer[:300]!r}")
        return json.loads(answer) if answer else None

    def receive(self):
        data = b""
        while (end := data.find(b"\r\n\r\n")) < 0:
            data += self.more()
        head = data[:end].lower()
        at = head.find(b"\r\ncontent-length:")
        length = int(head[at + 17:].split(b"\r\n", 1)[0]) if at >= 0 else 0
        while len(data) < end + 4 + length:
            data += self.more()
        return int(data[9:12]), data[end + 4:]

    def more(self):
        piece = self.socket.recv(65536)
        if not piece:
            raise Unavailable("the shop closed the connection")
        return piece

    def sign_in(self, email, password):
        self.token = self.ask("POST", "/sessions", {"email": email, "password": password}, 201)["accessToken"]

    def close(self):
        self.socket.close()


class Customer(Client):
    def __init__(self, port, sku):
        super().__init__(port)
        self.sku, self.took, self.last, self.fault = sku, [], None, None

    def sign_up(self):
        email, password = f"{uuid.uuid4().hex[:12]}@example.com", "a good password"
        self.ask("POST", "/accounts", {"email": email, "password": password, "name": "Ada"}, 201)
        self.sign_in(email, password)

    def buy_until(self, end, most):
        """Records how many milliseconds each `POST /orders` took."""
        try:
            while time.monotonic() < end and len(self.took) < most:
                self.ask("PUT", f"/cart/items/{self.sku}", {"quantity": 1}, 200)
                began = time.perf_counter()
                order = self.ask(
                    "POST", "/orders", {"paymentToken": "tok_ok", "shippingAddress": ADDRESS}, 201, f"idempotency-key: {uuid.uuid4()}\r\n")
                self.took.append((time.perf_counter() - began) * 1000)
                self.last = order["id"]
        except (Unavailable, OSError) as fault:
            self.fault = str(fault)

    def is_settled(self):
        return self.ask("GET", f"/orders/{self.last}", None, 200)["status"] in ENDS

    def check(self):
        """Every order must have been confirmed."""
        cursor, count = "", 0
        while cursor is not None:
            page = self.ask("GET", f"/orders?limit=100{cursor and '&cursor=' + cursor}", None, 200)
            count += sum(order["status"] == "confirmed" for order in page["items"])
            cursor = page["next"]
        if count != len(self.took):
            raise Unavailable(f"{len(self.took)} orders were accepted, but {count} confirmed")
