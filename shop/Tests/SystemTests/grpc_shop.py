"""Buys by gRPC through the gateway, as a client in another language: python grpc_shop.py PORT PROTOS SCRATCH.

Calls every contract with code made from the exported files. Prints `agreed` where all is as it must be.
"""
import pathlib
import subprocess
import sys
import time
import uuid

import grpc
from google.protobuf import descriptor_pool, empty_pb2
from google.rpc import error_details_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase
from grpc_status import rpc_status

port, protos, scratch = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3]
files = sorted(path.name for path in protos.glob("*.proto"))
subprocess.run(
    [sys.executable, "-m", "grpc_tools.protoc", f"-I{protos}", f"--python_out={scratch}", f"--grpc_python_out={scratch}", *files],
    check=True)
sys.path.insert(0, scratch)
import accounts_pb2, accounts_pb2_grpc, carts_pb2, carts_pb2_grpc, catalog_pb2, catalog_pb2_grpc, notifications_pb2, notifications_pb2_grpc
import orders_pb2, orders_pb2_grpc, payments_pb2, payments_pb2_grpc, processor_pb2, processor_pb2_grpc
import events_pb2, events_pb2_grpc, recommendations_pb2, recommendations_pb2_grpc

channel = grpc.insecure_channel(f"127.0.0.1:{port}")
empty = empty_pb2.Empty()


def expect(condition, what):
    if not condition:
        sys.exit(f"wrong: {what}")


def code(call, request, **options):
    try:
        call(request, timeout=20, **options)
    except grpc.RpcError as error:
        return error.code()
    return grpc.StatusCode.OK


# accounts
accounts = accounts_pb2_grpc.AccountsStub(channel)
email = f"{uuid.uuid4().hex[:8]}@example.com"
account = accounts.SignUp(accounts_pb2.NewAccount(email=email, password="a good password", name="Ada"), timeout=20)
expect(account.email == email and account.role == accounts_pb2.ROLE_CUSTOMER, "an account")
tokens = accounts.SignIn(accounts_pb2.Credentials(email=email, password="a good password"), timeout=20)
me = {"metadata": [("authorization", f"Bearer {tokens.access_token}")], "timeout": 20}
expect(accounts.Me(empty, **me).id == account.id, "who I am")
expect([session.current for session in accounts.Sessions(accounts_pb2.SessionsRequest(), **me).items] == [True], "sessions")
expect(len(accounts.Keys(empty, timeout=20).keys) > 0, "keys")
expect(code(accounts.Me, empty) == grpc.StatusCode.UNAUTHENTICATED, "a call without a token")
expect(code(accounts.Account, accounts_pb2.AccountRequest(id=account.id)) == grpc.StatusCode.UNIMPLEMENTED, "a call for services only")
try:
    accounts.SignUp(accounts_pb2.NewAccount(email="no", password="short", name=""), timeout=20)
    sys.exit("wrong: a bad account was taken")
except grpc.RpcError as error:
    expect(error.code() == grpc.StatusCode.INVALID_ARGUMENT, "a refusal")
    violations = error_details_pb2.BadRequest()
    expect(any(detail.Unpack(violations) for detail in rpc_status.from_call(error).details), "details")
    expect({"/email", "/password"} <= {violation.field for violation in violations.field_violations}, "violations")

# catalog
catalog = catalog_pb2_grpc.CatalogStub(channel)
page = catalog.Products(catalog_pb2.ProductsRequest(limit=3), timeout=20)
expect(len(page.items) == 3 and page.HasField("next"), "a page of products")
product = catalog.Product(catalog_pb2.ProductRequest(sku="TEA-0002"), timeout=20)
expect(product.sku == "TEA-0002" and product.price.amount > 0, "a product")
expect(code(catalog.Product, catalog_pb2.ProductRequest(sku="NONE-0000")) == grpc.StatusCode.NOT_FOUND, "no product")

# carts
carts = carts_pb2_grpc.CartsStub(channel)
cart = carts.Put(carts_pb2.PutRequest(sku="TEA-0002", body=carts_pb2.CartQuantity(quantity=2)), **me)
expect([item.quantity for item in cart.items] == [2] and cart.total.amount == 2 * product.price.amount, "a cart")
expect(carts.Cart(empty, **me) == cart, "the same cart")

# orders, watched to the end
orders = orders_pb2_grpc.OrdersStub(channel)
address = orders_pb2.Address(name="Ada", street="1 Road", city="Paris", postal_code="75001", country="FR")
key = {"metadata": me["metadata"] + [("idempotency-key", uuid.uuid4().hex)], "timeout": 20}
new = orders_pb2.NewOrder(payment_token="tok_ok", shipping_address=address)
order = orders.Place(new, **key)
expect(orders.Place(new, **key).id == order.id, "an order that is placed again")
watched = [orders_pb2.OrderStatus.Name(step.status) for step in orders.Watch(orders_pb2.WatchRequest(id=order.id), **(me | {"timeout": 60}))]
expect(watched[0] == "ORDER_STATUS_PENDING" and watched[-1] == "ORDER_STATUS_CONFIRMED", f"the order's life: {watched}")
expect(orders.Order(orders_pb2.OrderRequest(id=order.id), **me).total.amount == cart.total.amount, "an order")
expect([item.id for item in orders.Orders(orders_pb2.OrdersRequest(), **me).items] == [order.id], "orders")
late = code(orders.Cancel, orders_pb2.CancelRequest(id=order.id), metadata=me["metadata"])
expect(late == grpc.StatusCode.ABORTED, "an order that is cancelled too late")

# notifications, which come by themselves
notifications = notifications_pb2_grpc.NotificationsStub(channel)
for _ in range(300):
    mails = notifications.Mail(notifications_pb2.MailRequest(to=email), timeout=20).items
    if mails:
        break
    time.sleep(0.1)
expect(len(mails) > 0 and mails[0].to == email, "mail")

# payments and the processor: of an administrator, of the payment processor, of services
payments = payments_pb2_grpc.PaymentsStub(channel)
expect(code(payments.Payments, payments_pb2.PaymentsRequest(), metadata=me["metadata"]) == grpc.StatusCode.PERMISSION_DENIED, "payments")
admin = accounts.SignIn(accounts_pb2.Credentials(email="admin@shop.example", password=sys.argv[4]), timeout=20)
listed = payments.Payments(
    payments_pb2.PaymentsRequest(order_id=order.id), metadata=[("authorization", f"Bearer {admin.access_token}")], timeout=20)
expect([payment.status for payment in listed.items] == [payments_pb2.PAYMENT_STATUS_CAPTURED], "a payment")
processor = processor_pb2_grpc.ProcessorStub(channel)
expect(code(processor.Refund, processor_pb2.RefundRequest(id=order.id)) == grpc.StatusCode.UNIMPLEMENTED, "the processor's door")

# recommendations, whether or not the program runs, and the event bus, which is for services
recommendations = recommendations_pb2_grpc.RecommendationsStub(channel)
expect(
    code(recommendations.Recommendations, recommendations_pb2.RecommendationsRequest(sku="TEA-0002")) == grpc.StatusCode.OK,
    "recommendations")
events = events_pb2_grpc.EventsStub(channel)
expect(code(events.Publish, events_pb2.EventPublication()) == grpc.StatusCode.UNIMPLEMENTED, "the event bus's door")

# What the gateway says of itself
health = health_pb2_grpc.HealthStub(channel)
expect(health.Check(health_pb2.HealthCheckRequest(service="orders.Orders"), timeout=20).status == 1, "health")
database = ProtoReflectionDescriptorDatabase(channel)
expect({"accounts.Accounts", "carts.Carts", "catalog.Catalog", "orders.Orders"} <= set(database.get_services()), "reflection")
watch = descriptor_pool.DescriptorPool(database).FindServiceByName("orders.Orders").FindMethodByName("Watch")
expect(watch.server_streaming and not watch.client_streaming, "reflection of a stream")
print("agreed")
