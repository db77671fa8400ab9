"""The peer FastAPI, run by uvicorn with uvloop and httptools."""
from fastapi import FastAPI
from fastapi.responses import PlainTextResponse
from orders import Order

app = FastAPI()


@app.get("/plaintext", response_class=PlainTextResponse)
async def plaintext() -> str:
    return "Hello, World!"


@app.get("/json")
async def greeting() -> dict[str, str]:
    return {"message": "Hello, World!"}


@app.post("/orders")
async def place(order: Order) -> Order:
    return order
