"""What the servers of the database section answer is held against the tables."""
import datetime, html, json, re, urllib.parse

from .http_load import ask
from .peers import Unavailable

ROUTES = {
    "/row": "/row",
    "/rows": "/rows?count=20",
    "/updates": "/updates?count=20",
    "/fortunes": "/fortunes",
    "/products": "/products?category=category-3&limit=100",
    "/orders": "/orders?count=50",
}
ADDED = "Additional fortune added at request time."


def answer(port, path):
    status, body = ask(port, "GET", path)
    if status != 200:
        raise Unavailable(f"{path} returns {status}: {body[:200]!r}")
    return body


def numbers(database):
    return {row["id"]: row["number"] for row in database.rows("SELECT id, number FROM world")}


def check_row(port, database):
    """Ten requests must give rows as they are stored, and not always the same."""
    stored = numbers(database)
    found = [json.loads(answer(port, "/row")) for _ in range(10)]
    return all(stored[row["id"]] == row["number"] for row in found) and len({row["id"] for row in found}) > 5


def check_rows(port, database):
    stored, found = numbers(database), json.loads(answer(port, "/rows?count=20"))
    return len({row["id"] for row in found}) > 10 and len(found) == 20 and all(stored[row["id"]] == row["number"] for row in found)


def check_updates(port, database):
    """Each of the rows must be stored as it was answered, and most of them with another number than before."""
    before, found = numbers(database), json.loads(answer(port, "/updates?count=20"))
    after = numbers(database)
    changed = {number for number in before if before[number] != after[number]}
    return len(found) == 20 and all(after[row["id"]] == row["number"] for row in found) and 10 < len(changed) <= 20


def check_fortunes(port, database):
    text = answer(port, "/fortunes").decode()
    cells = re.findall(r"<tr><td>(\d+)</td><td>(.*?)</td></tr>", re.sub(r">\s+<", "><", text))
    stored = [(row["id"], row["message"]) for row in database.rows("SELECT id, message FROM fortune")]
    found = [(int(number), html.unescape(message)) for number, message in cells]
    return found == sorted([*stored, (0, ADDED)], key=lambda each: each[1].encode()) and "<script>" not in text


def moment(text):
    return datetime.datetime.fromisoformat(text).astimezone(datetime.timezone.utc)


def price(row, name="price"):
    return {"amount": row[f"{name}_amount"], "currency": row[f"{name}_currency"]}


def product(row):
    made = {name: row[name] for name in ("id", "sku", "name", "stock", "category", "note")}
    return {**made, "price": price(row), "createdAt": moment(row["created_at"])}


def received_product(found):
    return {**found, "note": found.get("note"), "createdAt": moment(found["createdAt"])}


def check_products(port, database):
    """The first two pages of a list that is filtered and sorted; the second begins after the cursor that the first one gives."""
    stored = [product(row) for row in database.rows(
        "SELECT * FROM products WHERE category = 'category-3' AND stock > 0 ORDER BY price_amount DESC, id DESC LIMIT 200")]
    first = json.loads(answer(port, ROUTES["/products"]))
    second = json.loads(answer(port, second_page(port)))
    return [received_product(found) for found in first["items"] + second["items"]] == stored


def second_page(port):
    """The path of the second page, which is the one that is loaded."""
    cursor = json.loads(answer(port, ROUTES["/products"]))["next"]
    return f"{ROUTES['/products']}&after={urllib.parse.quote(cursor, safe='')}"


def check_orders(port, database):
    """An account's 50 orders, the last one first, with their lines."""
    found = json.loads(answer(port, ROUTES["/orders"]))
    account = int(found[0]["account"])
    lines = {}
    for row in database.rows(f"SELECT l.* FROM order_lines l JOIN orders o ON o.id = order_id WHERE account = {account} ORDER BY position"):
        lines.setdefault(row["order_id"], []).append({"sku": row["sku"], "quantity": row["quantity"], "price": price(row)})
    stored = [
        {"id": row["id"], "account": account, "status": row["status"], "total": price(row, "total"), "placedAt": moment(row["placed_at"]),
         "lines": lines[row["id"]]}
        for row in database.rows(f"SELECT * FROM orders WHERE account = {account} ORDER BY placed_at DESC LIMIT 50")
    ]
    return [{**order, "placedAt": moment(order["placedAt"])} for order in found] == stored and len(stored) == 50


CHECKS = {
    "/row": check_row, "/rows": check_rows, "/updates": check_updates, "/fortunes": check_fortunes, "/products": check_products,
    "/orders": check_orders,
}


def check(server, database):
    """A server with wrong responses must not take part."""
    for route in server.peer.data_routes:
        check_route(server, route, database)


def check_route(server, route, database):
    try:
        is_right = CHECKS[route](server.port, database)
    except (AttributeError, KeyError, IndexError, TypeError, ValueError) as fault:
        raise Unavailable(f"its response to {ROUTES[route]} cannot be read: {fault!r}") from None
    if not is_right:
        raise Unavailable(f"its response to {ROUTES[route]} is wrong")
