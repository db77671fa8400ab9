"""The REST interface, with a catalog over gRPC."""

import pathlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

import grpc
import httpx
import pytest

from recommendations.addresses import Address
from recommendations.app import create_app
from recommendations.catalog import Catalog
from recommendations.events.cloudevents import read_structured
from recommendations.events.consumer import EventRefused
from recommendations.health import Health
from recommendations.recommender import Recommender
from recommendations.storage.sqlite import SQLiteStorage
from recommendations.storage.storage import StorageUnavailable
from tests.events import TRACE, ended
from tests.logs import lines_with
from tests.servers.catalog_service import CatalogService, serving
from tests.servers.ports import free_port

pytestmark = pytest.mark.anyio
KEY = "the-key-of-the-system"
PATH = "/products/tea/recommendations"


@dataclass
class Service:
    """The service in this process, and what it relies on."""

    client: httpx.AsyncClient
    catalog: CatalogService
    storage: SQLiteStorage
    recommender: Recommender
    health: Health
    catalog_port: int

    async def learn(self, *skus: str, **attributes: str) -> None:
        await self.recommender.learn(read_structured(ended(*skus, **attributes), "f"))

    async def skus(self, path: str = PATH) -> list[str]:
        response = await self.client.get(path)
        assert response.status_code == 200
        return [item["sku"] for item in response.json()["items"]]


@pytest.fixture
async def service(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Service]:
    # A busy machine takes its time.
    monkeypatch.setattr("recommendations.catalog.LIMIT", 60)
    storage, fake, health, port = SQLiteStorage(tmp_path / "x.db", "DATA_DIR"), CatalogService(), Health(), free_port()
    await storage.open()
    async with serving(fake, port), Catalog(Address("127.0.0.1", port), "recommendations", KEY) as catalog:
        recommender = Recommender(storage, catalog)
        transport = httpx.ASGITransport(create_app(recommender, health), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            yield Service(client, fake, storage, recommender, health, port)
    await storage.close()


def problem(response: httpx.Response, status: int, code: str) -> dict:
    """Returns the problem document of a response."""
    document = response.json()
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["cache-control"] == "no-store"
    assert (response.status_code, document["status"], document["code"]) == (status, status, code)
    assert document["instance"] == response.request.url.path
    assert document["requestId"] == response.headers["x-request-id"]
    return document


async def test_products_are_as_the_catalog_gives_them(service: Service) -> None:
    service.catalog.stock = {"cup": 7}
    await service.learn("tea", "cup")
    response = await service.client.get(PATH)
    price = {"amount": 1999, "currency": "EUR"}
    product = {
        "sku": "cup",
        "name": "Name of cup",
        "description": "Good.",
        "category": "tea",
        "price": price,
        "stock": 7,
    }
    assert response.json() == {"items": [product | {"imageUrl": "/x.svg"}]}


async def test_the_best_are_first_and_there_are_at_most_eight(service: Service) -> None:
    partners = [f"p{number}" for number in range(12)]
    service.catalog.stock = dict.fromkeys(partners, 1)
    for count, sku in enumerate(partners):
        for _ in range(count + 1):
            await service.learn("tea", sku)
    assert await service.skus() == list(reversed(partners))[:8]


async def test_what_cannot_be_bought_is_left_out(service: Service) -> None:
    service.catalog.stock = {"cup": 0, "pot": 1}
    await service.learn("tea", "cup", "pot", "gone")
    assert await service.skus() == ["pot"]


async def test_the_catalog_is_asked_for_more_if_many_cannot_be_bought(service: Service) -> None:
    partners = [f"p{number}" for number in range(60)]
    await service.learn("tea", *partners)
    ranked = await service.storage.partners("tea")
    service.catalog.stock = {ranked[-1]: 1}
    assert await service.skus() == [ranked[-1]]
    assert [len(call) for call in service.catalog.calls] == [24, 24, 12]


async def test_only_confirmed_orders_teach(service: Service) -> None:
    service.catalog.stock = {"cup": 1}
    for status in ("rejected", "declined", "cancelled", "a status of the future"):
        await service.learn("tea", "cup", status=status)
    assert await service.skus() == []


@pytest.mark.parametrize("path", ["/products/unknown/recommendations", "/products/a%2Fb/recommendations"])
async def test_an_unknown_product_has_no_recommendations(service: Service, path: str) -> None:
    assert await service.skus(path) == []
    assert service.catalog.calls == []


async def test_a_number_with_a_slash_is_found(service: Service) -> None:
    service.catalog.stock = {"cup": 1}
    await service.learn("a/b", "cup")
    assert await service.skus("/products/a%2Fb/recommendations") == ["cup"]


@pytest.mark.parametrize("sku", ["%00", "%20a", "e%CC%81", "x" * 256])
async def test_what_is_no_identifier_is_a_fault(service: Service, sku: str) -> None:
    document = problem(await service.client.get(f"/products/{sku}/recommendations"), 422, "unprocessable_content")
    assert [(each["pointer"], each["rule"]) for each in document["errors"]] == [("/sku", "identifier")]


async def test_a_catalog_that_is_down_is_a_503_and_is_used_again(service: Service) -> None:
    await service.learn("tea", "cup")
    service.catalog.stock = {"cup": 1}
    service.catalog.fault = grpc.StatusCode.UNAVAILABLE
    with lines_with("the catalog cannot be used") as lines:
        for _ in range(3):
            response = await service.client.get(PATH)
            problem(response, 503, "service_unavailable")
            assert response.headers["retry-after"] == "1"
        assert len(lines.lines) == 1
    service.catalog.fault = None
    assert await service.skus() == ["cup"]


async def test_a_catalog_that_does_not_listen_is_a_503(tmp_path: pathlib.Path, service: Service) -> None:
    await service.learn("tea", "cup")
    async with Catalog(Address("127.0.0.1", free_port()), "recommendations", KEY) as catalog:
        app = create_app(Recommender(service.storage, catalog), Health())
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
            problem(await client.get(PATH), 503, "service_unavailable")


async def test_a_catalog_that_hangs_is_a_504_by_the_callers_deadline(service: Service) -> None:
    await service.learn("tea", "cup")
    service.catalog.hangs = True
    # The time may be over before the catalog is asked.
    while not service.catalog.times:
        response = await service.client.get(PATH, headers={"x-request-timeout-ms": "300"})
        problem(response, 504, "gateway_timeout")
    assert service.catalog.times[0] <= 0.4  # gRPC rounds up


async def test_a_catalog_that_refuses_is_a_502(service: Service) -> None:
    await service.learn("tea", "cup")
    service.catalog.fault = grpc.StatusCode.UNAUTHENTICATED
    problem(await service.client.get(PATH), 502, "upstream_error")


async def test_the_catalog_is_told_who_calls_and_why(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recommendations.catalog.LIMIT", 30)
    await service.learn("tea", "cup")
    headers = {"x-request-id": "request-1", "traceparent": f"00-{TRACE}-00f067aa0ba902b7-00"}
    response = await service.client.get(PATH, headers=headers)
    metadata = service.catalog.metadata[0]
    assert response.headers["x-request-id"] == "request-1"
    assert (metadata["x-service-key"], metadata["x-service-name"]) == (KEY, "recommendations")
    assert metadata["x-request-id"] == "request-1"
    version, trace, span, flags = metadata["traceparent"].split("-")
    assert (version, trace, flags) == ("00", TRACE, "00")
    assert span != "00f067aa0ba902b7"
    assert service.catalog.times[0] <= 30.1  # gRPC rounds up


async def test_a_request_without_an_identifier_gets_one(service: Service) -> None:
    first, second = await service.client.get(PATH), await service.client.get(PATH)
    assert first.headers["x-request-id"] != second.headers["x-request-id"]


async def test_a_database_that_is_down_is_a_503(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(_: str) -> list[str]:
        raise StorageUnavailable("the disk is full")

    monkeypatch.setattr(service.storage, "partners", fail)
    document = problem(await service.client.get(PATH), 503, "service_unavailable")
    assert "disk" not in document["detail"]


async def test_a_failure_is_a_500_without_details(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(_: str) -> list[str]:
        raise KeyError("secret")

    monkeypatch.setattr(service.storage, "partners", fail)
    response = await service.client.get(PATH)
    problem(response, 500, "internal_server_error")
    assert "secret" not in response.text


async def test_what_is_not_there_is_a_404(service: Service) -> None:
    problem(await service.client.get("/nothing"), 404, "not_found")


async def test_another_method_is_a_405_with_those_that_are_allowed(service: Service) -> None:
    response = await service.client.post(PATH)
    problem(response, 405, "method_not_allowed")
    assert {each.strip() for each in response.headers["allow"].split(",")} == {"GET", "HEAD"}


async def test_a_service_is_alive_before_it_is_ready(service: Service) -> None:
    assert (await service.client.get("/health/live")).text == "live"
    problem(await service.client.get("/health/ready"), 503, "service_unavailable")
    service.health.is_ready = True
    assert (await service.client.get("/health/ready")).text == "ready"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (None, "valid dictionary"),
        ({"status": "confirmed"}, "/items Field required"),
        ({"status": 5, "items": []}, "/status Input should be a valid string"),
        ({"status": "confirmed", "items": [{"sku": ""}]}, "/items/0/sku String should have at least 1 character"),
        ({"status": "confirmed", "items": [{"sku": "a"}] * 101}, "/items List should have at most 100 items"),
    ],
)
async def test_an_event_whose_data_is_not_valid_is_refused(service: Service, data: object, words: str) -> None:
    with pytest.raises(EventRefused, match=words):
        await service.recommender.learn(read_structured(ended() | {"data": data}, "f"))


async def test_an_event_of_an_unknown_version_is_refused(service: Service) -> None:
    with pytest.raises(EventRefused, match="has version 2, but OrderEnded can be read in the versions"):
        await service.learn("tea", "cup", dataschema="urn:events:orders.ended:2")
