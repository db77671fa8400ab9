"""The peer Django with its ORM, run by gunicorn: persistent connections, psycopg's binary distribution, and orjson."""
import os
import random
import urllib.parse

import django
import orjson
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import path

ENGINES = {
    "postgres": {"ENGINE": "django.db.backends.postgresql", "OPTIONS": {"server_side_binding": True, "prepare_threshold": 1}},
    "sqlite": {
        "ENGINE": "django.db.backends.sqlite3",
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "init_command": "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL"},
    },
}
PAGE = """<!DOCTYPE html><html><head><title>Fortunes</title></head><body><table><tr><th>id</th><th>message</th></tr>\
{% for each in fortunes %}<tr><td>{{ each.id }}</td><td>{{ each.message }}</td></tr>{% endfor %}</table></body></html>"""


def database(url):
    place = urllib.parse.urlsplit(url)
    return {
        **ENGINES[place.scheme], "NAME": place.path.lstrip("/") if place.hostname else place.path, "HOST": place.hostname or "",
        "PORT": place.port or "", "USER": place.username or "", "CONN_MAX_AGE": None,
    }


settings.configure(
    ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, SECRET_KEY="a benchmark has none", MIDDLEWARE=[], USE_TZ=True,
    DATABASES={"default": database(os.environ["DATABASE_URL"])}, TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}])
django.setup()

from django.template import engines  # noqa: E402: needs the settings
from models import Fortune, Order, Product, World  # noqa: E402

template = engines["django"].from_string(PAGE)


def respond(value):
    return HttpResponse(orjson.dumps(value), content_type="application/json")


def random_id():
    return random.randint(1, 10000)


def count(request, name="count"):
    return min(max(int(request.GET.get(name, 1)), 1), 500)


def told(world):
    return {"id": world.id, "number": world.number}


def row(request):
    return respond(told(World.objects.get(id=random_id())))


def rows(request):
    return respond([told(World.objects.get(id=each)) for each in random.sample(range(1, 10001), count(request))])


def updates(request):
    worlds = [World.objects.get(id=each) for each in sorted(random.sample(range(1, 10001), count(request)))]
    for world in worlds:
        world.number = random_id()
    World.objects.bulk_update(worlds, ["number"])
    return respond([told(world) for world in worlds])


def fortunes(request):
    found = [*Fortune.objects.all(), Fortune(id=0, message="Additional fortune added at request time.")]
    found.sort(key=lambda each: each.message)
    return HttpResponse(template.render({"fortunes": found}))


def product(values):
    values["price"] = {"amount": values.pop("price_amount"), "currency": values.pop("price_currency")}
    values["createdAt"] = values.pop("created_at")
    return values


def products(request):
    limit = count(request, "limit")
    found = Product.objects.filter(category=request.GET["category"], stock__gt=0)
    if after := request.GET.get("after"):
        amount, _, last = after.partition("_")
        found = found.filter(price_amount__lte=int(amount)).exclude(price_amount=int(amount), id__gte=last)
    items = list(map(product, found.order_by("-price_amount", "-id").values()[:limit]))
    following = f"{items[-1]['price']['amount']}_{items[-1]['id']}" if len(items) == limit else None
    return respond({"items": items, "next": following})


def line(each):
    return {"sku": each.sku, "quantity": each.quantity, "price": {"amount": each.price_amount, "currency": each.price_currency}}


def orders(request):
    found = Order.objects.filter(account=random.randint(1, 200)).order_by("-placed_at").prefetch_related("lines")[:count(request)]
    return respond([
        {
            "id": each.id, "account": each.account, "status": each.status, "placedAt": each.placed_at,
            "total": {"amount": each.total_amount, "currency": each.total_currency}, "lines": list(map(line, each.lines.all())),
        }
        for each in found
    ])


urlpatterns = [path(view.__name__, view) for view in (row, rows, updates, fortunes, products, orders)]
app = get_wsgi_application()
