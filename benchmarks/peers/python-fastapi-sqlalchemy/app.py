"""The peer FastAPI with SQLAlchemy's ORM over asyncpg, run by uvicorn with uvloop and httptools; JSON by orjson, HTML by Jinja."""
import os
import random
import uuid
from typing import Annotated

import jinja2
import orjson
from fastapi import FastAPI, Query, Response
from fastapi.responses import HTMLResponse
from models import Fortune, Order, Product, World
from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import selectinload

PAGE = jinja2.Environment(autoescape=True).from_string(
    "<!DOCTYPE html><html><head><title>Fortunes</title></head><body><table><tr><th>id</th><th>message</th></tr>"
    "{% for each in fortunes %}<tr><td>{{ each.id }}</td><td>{{ each.message }}</td></tr>{% endfor %}</table></body></html>")
URL = os.environ["DATABASE_URL"].replace("postgres://", "postgresql+asyncpg://").partition("?")[0]

Count = Annotated[int, Query(ge=1, le=500)]

# Reads need no transaction: without one they are one round trip in place of three.
engine = create_async_engine(URL, pool_size=8, max_overflow=0)
reading = async_sessionmaker(engine.execution_options(isolation_level="AUTOCOMMIT"), expire_on_commit=False)
writing = async_sessionmaker(engine, expire_on_commit=False)
app = FastAPI()


def respond(value):
    return Response(orjson.dumps(value), media_type="application/json")


def random_id():
    return random.randint(1, 10000)


def some(count):
    return sorted(random.sample(range(1, 10001), count))


def told(world):
    return {"id": world.id, "number": world.number}


@app.get("/row")
async def row():
    async with reading() as session:
        return respond(told(await session.get(World, random_id())))


@app.get("/rows")
async def rows(count: Count = 1):
    async with reading() as session:
        return respond([told(await session.get(World, each)) for each in some(count)])


@app.get("/updates")
async def updates(count: Count = 1):
    async with writing.begin() as session:
        worlds = [await session.get(World, each) for each in some(count)]
        for world in worlds:
            world.number = random_id()
    return respond(list(map(told, worlds)))


@app.get("/fortunes")
async def fortunes():
    async with reading() as session:
        found = list(await session.scalars(select(Fortune)))
    found.append(Fortune(id=0, message="Additional fortune added at request time."))
    found.sort(key=lambda each: each.message)
    return HTMLResponse(PAGE.render(fortunes=found))


def price(row):
    return {"amount": row.price_amount, "currency": row.price_currency}


def product(row):
    return {
        "id": str(row.id), "sku": row.sku, "name": row.name, "price": price(row), "stock": row.stock, "category": row.category, "note": row.note,
        "createdAt": row.created_at,
    }


@app.get("/products")
async def products(category: str, limit: Count = 100, after: str | None = None):
    query = select(Product).where(Product.category == category, Product.stock > 0)
    if after is not None:
        amount, _, last = after.partition("_")
        query = query.where(tuple_(Product.price_amount, Product.id) < (int(amount), uuid.UUID(last)))
    async with reading() as session:
        found = list(await session.scalars(query.order_by(Product.price_amount.desc(), Product.id.desc()).limit(limit)))
    following = f"{found[-1].price_amount}_{found[-1].id}" if len(found) == limit else None
    return respond({"items": list(map(product, found)), "next": following})


def order(row):
    return {
        "id": str(row.id), "account": row.account, "status": row.status, "placedAt": row.placed_at,
        "total": {"amount": row.total_amount, "currency": row.total_currency},
        "lines": [{"sku": line.sku, "quantity": line.quantity, "price": price(line)} for line in row.lines],
    }


@app.get("/orders")
async def orders(count: Count = 50):
    query = select(Order).where(Order.account == random.randint(1, 200)).order_by(Order.placed_at.desc()).limit(count)
    async with reading() as session:
        return respond(list(map(order, await session.scalars(query.options(selectinload(Order.lines))))))
