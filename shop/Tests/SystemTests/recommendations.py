"""Recommends what was bought together, with nothing but Python's library: python recommendations.py MODE.

The modes are `serve`, `hang` (listens and never answers), `fail` (ends with 1 at once) and `misconfigured` (ends with 78).
"""
import collections
import http.server
import json
import os
import signal
import sys
import threading
import time
import urllib.error
import urllib.request

mode = sys.argv[1]
addresses = dict(entry.split("=", 1) for entry in os.environ["ADDRESSES"].split(","))
bought = collections.defaultdict(collections.Counter)


def tell(line):
    """Writes a line at once, and not in two parts, between which another thread could write."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def call(service, method, path, body=None):
    """Calls a service, and returns the JSON of its response."""
    headers = {"x-service-key": os.environ["SERVICE_KEY"], "x-service-name": "recommendations", "content-type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"http://{addresses[service]}{path}", data, headers, method=method)
    with urllib.request.urlopen(request, timeout=40) as response:
        text = response.read()
    return json.loads(text) if text else None


def handle_events():
    """Counts the products of confirmed orders, as a member of its group."""
    members = "/events/groups/recommendations/members"
    while True:
        try:
            path = f"{members}/{call('events', 'POST', members, {'topics': ['orders.ended']})['member']}"
            while True:
                deliveries = call("events", "POST", f"{path}/deliveries?wait=20")["items"]
                for delivery in deliveries:
                    skus = [item["sku"] for item in delivery["event"]["data"]["items"]]
                    for sku in skus:
                        bought[sku].update(other for other in skus if other != sku)
                if deliveries:
                    call("events", "POST", f"{path}/settlements", {"deliveries": [one["delivery"] for one in deliveries]})
        except OSError as error:
            tell(f"joining again: {error}")
            time.sleep(0.2)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        tell(f"asked with traceparent={self.headers.get('traceparent')} x-request-id={self.headers.get('x-request-id')}")
        if mode == "hang":
            threading.Event().wait()
        sku = urllib.request.unquote(self.path.split("/")[2])
        items = [call("catalog", "GET", f"/products/{urllib.request.quote(other)}") for other, _ in bought[sku].most_common(4)]
        body = json.dumps({"items": items}).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def follow_lifeline():
    sys.stdin.buffer.read()
    os._exit(0)


if mode == "fail":
    sys.exit("failing as told")
if mode == "misconfigured":
    print("RECOMMENDATIONS=x is wrong", file=sys.stderr)
    sys.exit(78)
signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
server = http.server.ThreadingHTTPServer((os.environ["HOST"], int(os.environ["PORT"])), Handler)
threading.Thread(target=follow_lifeline, daemon=True).start()
if mode == "serve":
    threading.Thread(target=handle_events, daemon=True).start()
tell(os.environ["READY_LINE"])
server.serve_forever()
