"""HTTP: checks a server's responses, and measures requests a second."""
import http.client, json, os, re

from .peers import BENCH, ORDER, Unavailable, output_of


def ask(port, method, path, body=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request(method, path, body, {"Content-Type": "application/json"} if body else {})
        response = connection.getresponse()
        return response.status, response.read()
    except http.client.HTTPException as error:
        raise Unavailable(f"{method} {path}: {error!r}") from None
    finally:
        connection.close()


def wrong_orders(order):
    """Orders that break one rule each."""
    line = order["lines"][0]
    wrong = [{**order, "customer": ""}, {**order, "email": "nobody"}, {**order, "lines": []}]
    return wrong + [{**order, "lines": [{**line, **change}]} for change in ({"quantity": 0}, {"sku": ""}, {"unitPrice": -1})]


def check(server):
    """A server with wrong responses must not take part."""
    order, port = json.loads(ORDER.read_bytes()), server.port
    answers = {
        "plaintext": ask(port, "GET", "/plaintext") == (200, b"Hello, World!"),
        "json": json.loads(ask(port, "GET", "/json")[1]) == {"message": "Hello, World!"},
    }
    if "/orders" in server.peer.routes:
        answers["an order"] = json.loads(ask(port, "POST", "/orders", ORDER.read_bytes())[1]) == order
        answers["wrong orders"] = all(400 <= ask(port, "POST", "/orders", json.dumps(each))[0] < 500 for each in wrong_orders(order))
    for what, is_right in answers.items():
        if not is_right:
            raise Unavailable(f"its response to {what} is wrong")


def load(server, route, seconds):
    """Requests a second, measured with wrk, and the server's own processor time for each in microseconds."""
    script = ["-s", str(BENCH / "order.lua")] if route == "/orders" else []
    before = server.cpu_seconds()
    rate, count = wrk(server.port, route, seconds, 32, script)
    return rate, (server.cpu_seconds() - before) / count * 1e6


def wrk(port, path, seconds, connections, options=()):
    """Requests a second, and how many were answered."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", *options, f"http://127.0.0.1:{port}{path}"]
    output = output_of(command, seconds + 30, environment={**os.environ, "ORDER": str(ORDER)})
    count = int(re.search(r"(\d+) requests in", output)[1])
    if "Non-2xx" in output or "Socket errors" in output or count == 0:
        raise Unavailable(f"{path} failed under load: {' '.join(output.split())}")
    return float(re.search(r"Requests/sec:\s*([\d.]+)", output)[1]), count
