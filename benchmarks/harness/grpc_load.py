"""gRPC: checks a server's replies, and measures calls a second from h2load and from a client."""
import json, pathlib, re, struct, tempfile

from .peers import BUILD, MESSAGE, ORDER, Unavailable, output_of

PROCEDURE = "/orders.Orders/Place"
FRAME = BUILD / "order.frame"
HEADERS = ["-H", "content-type: application/grpc", "-H", "te: trailers"]


def varint(number):
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def text(field, value):
    raw = value if isinstance(value, bytes) else value.encode()
    return varint(field << 3 | 2) + varint(len(raw)) + raw


def encode(order):
    """An order as defined in order.proto (Protocol Buffers, "Encoding"), encoded by hand so that the harness needs no generated code."""
    lines = [
        text(1, line["sku"]) + b"\x10" + varint(line["quantity"]) + b"\x19" + struct.pack("<d", line["unitPrice"])
        for line in order["lines"]
    ]
    return b"".join([text(1, order["customer"]), text(2, order["email"]), text(3, order["note"]), *(text(4, line) for line in lines)])


def frame(message):
    """The message after its five-byte prefix (gRPC over HTTP2, "Length-Prefixed-Message")."""
    return b"\0" + struct.pack(">I", len(message)) + message


def write_messages():
    """The order with seven of its ten lines is about 200 bytes."""
    order = json.loads(ORDER.read_bytes())
    message = encode({**order, "lines": order["lines"][:7]})
    BUILD.mkdir(exist_ok=True)
    MESSAGE.write_bytes(message)
    FRAME.write_bytes(frame(message))


def status_of(server, message):
    """The gRPC status that a call ends with, as nghttp shows it."""
    with tempfile.NamedTemporaryFile() as file:
        pathlib.Path(file.name).write_bytes(frame(message))
        command = ["nghttp", "-v", "--timeout=10", "-H", ":method: POST", *HEADERS, "-d", file.name, f"http://127.0.0.1:{server.port}{PROCEDURE}"]
        output = output_of(command, 20)
    found = re.search(r"grpc-status:\s*(\d+)", output)
    if not found:
        raise Unavailable("it does not answer a gRPC call")
    return int(found[1])


def check(server):
    """A valid order must be accepted and an invalid one rejected; the load test checks that the reply contains the order."""
    order = json.loads(ORDER.read_bytes())
    if status_of(server, encode({**order, "lines": order["lines"][:7]})) != 0:
        raise Unavailable("it rejects a valid order")
    if status_of(server, encode({**order, "email": "nobody"})) == 0:
        raise Unavailable("it accepts an invalid order")


def load(server, seconds):
    """Calls a second, measured with h2load, and the server's own processor time for each in microseconds."""
    command = ["h2load", "-c8", "-m8", "-t1", f"--duration={seconds}", *HEADERS, "-d", str(FRAME), f"http://127.0.0.1:{server.port}{PROCEDURE}"]
    before = server.cpu_seconds()
    output = output_of(command, seconds + 30)
    used = server.cpu_seconds() - before
    failed, errored = (int(re.search(rf"(\d+) {word}", output)[1]) for word in ("failed", "errored"))
    done = int(re.search(r"(\d+) done", output)[1])
    body = int(re.search(r"\((\d+)\) data", output)[1])
    # Failed calls have status 200 too, but no message: only a reply with the length of the order is a success.
    if failed or errored or done == 0 or body < done * FRAME.stat().st_size:
        raise Unavailable(f"calls failed under load: {' '.join(output.split())}")
    return done / seconds, used / done * 1e6


def pair(client, server, seconds):
    """Calls a second that the client's own program makes, and the processor time of the server for each in microseconds."""
    before = server.cpu_seconds()
    output = client.output(client.call, seconds + 30, port=server.port, seconds=seconds)
    rate = float(re.search(r"calls ([\d.]+)", output)[1])
    return rate, (server.cpu_seconds() - before) / (rate * seconds) * 1e6
