"""usage: codec.py msgspec|pydantic|orjson|protobuf FILE
Prints what the library takes to decode the order in the file, and to encode it, in nanoseconds; all but orjson validate."""
import statistics
import sys
import time
from typing import Annotated


def nanoseconds(body, batch=1000):
    """The median of eleven batches, after one that warms up."""
    times = []
    for _ in range(12):
        began = time.perf_counter_ns()
        for _ in range(batch):
            body()
        times.append((time.perf_counter_ns() - began) / batch)
    return round(statistics.median(times[1:]))


def with_msgspec(data):
    import msgspec
    from msgspec import Meta, Struct

    class Line(Struct):
        sku: Annotated[str, Meta(min_length=1)]
        quantity: Annotated[int, Meta(ge=1, le=1000)]
        unitPrice: Annotated[float, Meta(ge=0)]

    class Order(Struct):
        customer: Annotated[str, Meta(min_length=1, max_length=200)]
        email: Annotated[str, Meta(pattern=r"^[^@\s]+@[a-zA-Z0-9-]+(\.[a-zA-Z0-9-]+)+$")]
        lines: Annotated[list[Line], Meta(min_length=1, max_length=100)]
        note: str | None = None

    decoder, encoder = msgspec.json.Decoder(Order), msgspec.json.Encoder()
    order = decoder.decode(data)
    return lambda: decoder.decode(data), lambda: encoder.encode(order)


def with_pydantic(data):
    from orders import Order

    order = Order.model_validate_json(data)
    return lambda: Order.model_validate_json(data), order.model_dump_json


def with_orjson(data):
    import orjson

    order = orjson.loads(data)
    return lambda: orjson.loads(data), lambda: orjson.dumps(order)


def with_protobuf(data):
    from order_pb2 import Order

    order = Order.FromString(data)
    return lambda: Order.FromString(data), order.SerializeToString


if __name__ == "__main__":
    library, file = sys.argv[1:]
    with open(file, "rb") as opened:
        decode, encode = globals()[f"with_{library}"](opened.read())
    wire = "protobuf" if library == "protobuf" else "json"
    print(f"{wire}-decode", nanoseconds(decode))
    print(f"{wire}-encode", nanoseconds(encode))
