"""The peer FastAPI with asyncpg, run by uvicorn with uvloop and httptools; JSON by orjson, HTML by Jinja."""
import os
import random
import uuid
from contextlib import asynccontextmanager
from typing import Annotated

import asyncpg
import jinja2
import orjson
from fastapi import FastAPI, Query, Request, Response
from fastapi.responses import HTMLResponse

SELECT_WORLD = "SELECT id, number FROM world WHERE id = $1"
UPDATE_WORLD = "UPDATE world SET number = $2 WHERE id = $1"
PRODUCTS = (
    "SELECT id, sku, name, price_amount, price_currency, stock, category, note, created_at FROM products WHERE category = $1 AND stock > 0 {}"
    "ORDER BY price_amount DESC, id DESC LIMIT $2")
FIRST_PRODUCTS, NEXT_PRODUCTS = PRODUCTS.format(""), PRODUCTS.format("AND (price_amount, id) < ($3, $4) ")
ORDERS = "SELECT id, account, status, total_amount, total_currency, placed_at FROM orders WHERE account = $1 ORDER BY placed_at DESC LIMIT $2"
LINES = "SELECT order_id, sku, quantity, price_amount, price_currency FROM order_lines WHERE order_id = ANY($1) ORDER BY order_id, position"
PAGE = jinja2.Environment(autoescape=True).from_string(
    "<!DOCTYPE html><html><head><title>Fortunes</title></head><body><table><tr><th>id</th><th>message</th></tr>"
    "{% for id, message in fortunes %}<tr><td>{{ id }}</td><td>{{ message }}</td></tr>{% endfor %}</table></body></html>")

Count = Annotated[int, Query(ge=1, le=500)]


class Connection(asyncpg.Connection):
    """Nothing here changes a connection's state, so nothing has to be reset when it is given back."""
    __slots__ = ()

    def get_reset_query(self):
        return ""


@asynccontextmanager
async def lifespan(app):
    async with asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=8, max_size=8, connection_class=Connection) as pool:
        app.state.pool = pool
        yield


app = FastAPI(lifespan=lifespan)


def respond(value):
    return Response(orjson.dumps(value), media_type="application/json")


def random_id():
    return random.randint(1, 10000)


def some(count):
    return [(each,) for each in sorted(random.sample(range(1, 10001), count))]


@app.get("/row")
async def row(request: Request):
    return respond(dict(await request.app.state.pool.fetchrow(SELECT_WORLD, random_id())))


@app.get("/rows")
async def rows(request: Request, count: Count = 1):
    """A statement for each row, in one round trip."""
    return respond([dict(each) for each in await request.app.state.pool.fetchmany(SELECT_WORLD, some(count))])


@app.get("/updates")
async def updates(request: Request, count: Count = 1):
    async with request.app.state.pool.acquire() as connection:
        changed = [(each["id"], random_id()) for each in await connection.fetchmany(SELECT_WORLD, some(count))]
        await connection.executemany(UPDATE_WORLD, changed)
    return respond([{"id": id, "number": number} for id, number in changed])


@app.get("/fortunes")
async def fortunes(request: Request):
    found = [tuple(each) for each in await request.app.state.pool.fetch("SELECT id, message FROM fortune")]
    found.append((0, "Additional fortune added at request time."))
    found.sort(key=lambda each: each[1])
    return HTMLResponse(PAGE.render(fortunes=found))


def price(row):
    return {"amount": row["price_amount"], "currency": row["price_currency"]}


def product(row):
    return {
        "id": str(row["id"]), "sku": row["sku"], "name": row["name"], "price": price(row), "stock": row["stock"], "category": row["category"],
        "note": row["note"], "createdAt": row["created_at"],
    }


@app.get("/products")
async def products(request: Request, category: str, limit: Count = 100, after: str | None = None):
    if after is None:
        found = await request.app.state.pool.fetch(FIRST_PRODUCTS, category, limit)
    else:
        amount, _, last = after.partition("_")
        found = await request.app.state.pool.fetch(NEXT_PRODUCTS, category, limit, int(amount), uuid.UUID(last))
    following = f"{found[-1]['price_amount']}_{found[-1]['id']}" if len(found) == limit else None
    return respond({"items": list(map(product, found)), "next": following})


@app.get("/orders")
async def orders(request: Request, count: Count = 50):
    async with request.app.state.pool.acquire() as connection:
        found = await connection.fetch(ORDERS, random.randint(1, 200), count)
        lines = {each["id"]: [] for each in found}
        for each in await connection.fetch(LINES, list(lines)):
            lines[each["order_id"]].append({"sku": each["sku"], "quantity": each["quantity"], "price": price(each)})
    return respond([
        {
            "id": str(each["id"]), "account": each["account"], "status": each["status"], "placedAt": each["placed_at"],
            "total": {"amount": each["total_amount"], "currency": each["total_currency"]}, "lines": lines[each["id"]],
        }
        for each in found
    ])
