"""The peer Flask, run by gunicorn."""
from flask import Flask, Response, request
from orders import Order
from pydantic import ValidationError

app = Flask(__name__)


@app.get("/plaintext")
def plaintext():
    return Response("Hello, World!", mimetype="text/plain")


@app.get("/json")
def greeting():
    return {"message": "Hello, World!"}


@app.post("/orders")
def place():
    order = Order.model_validate_json(request.data)
    return Response(order.model_dump_json(), mimetype="application/json")


@app.errorhandler(ValidationError)
def refuse(error):
    return Response(error.json(), status=422, mimetype="application/json")
