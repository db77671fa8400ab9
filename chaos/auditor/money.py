"""Checks of the money: the orders, the payments and the processor say the same."""
import collections

from chaos.auditor.check import check, none


@check("payments.one-charge")
def one_charge(evidence):
    """Each order has at most one payment and one charge, whose states agree with its end in all three books."""
    faults = []
    owners = {payment["id"]: order for order, payments in evidence.payments.items() for payment in payments}
    for order, row in evidence.orders.items():
        payments = evidence.payments.get(order, [])
        if len(payments) > 1:
            faults.append(f"order {order} has {len(payments)} payments")
        paid = payments[0] if payments else None
        charge = evidence.charges.get(paid["id"]) if paid else None
        books = (row["status"], paid and paid["status"], charge and charge["status"])
        if books not in AGREEING:
            faults.append(f"order {order}: the books say {books}")
        if charge and row["status"] == "confirmed" and not row["total"] == paid["amount"] == charge["amount"]:
            faults.append(f"order {order}: the amounts are {row['total']}, {paid['amount']} and {charge['amount']}")
    faults += [f"charge {charge} belongs to no payment" for charge in evidence.charges if charge not in owners]
    return none(faults, of=f"{len(evidence.orders)} orders")


# The status of the order, of its payment, and of the charge at the processor.
AGREEING = {
    ("confirmed", "captured", "captured"),
    ("declined", "declined", "declined"),
    ("declined", "declined", None),  # refused before there was a charge
    ("rejected", None, None),
    ("rejected", "void", None),
    ("cancelled", None, None),  # before anybody was asked to charge
    ("cancelled", "void", None),
    ("cancelled", "refunded", "refunded"),
    ("cancelled", "declined", "declined"),
    ("cancelled", "declined", None),
}


@check("payments.tokens-cleared")
def tokens_cleared(evidence):
    """No card's token is kept at the end, by the payments or by the orders."""
    faults = [f"payment {row['id']} has its token" for row in evidence.sources.rows("payments", "SELECT id FROM payments WHERE token <> ''")]
    faults += [f"order {row['id']} has its token" for row in evidence.sources.rows("orders", "SELECT id FROM orders WHERE payment_token <> ''")]
    return none(faults)


@check("stock.exact")
def stock_exact(evidence):
    """What is left of each product is what there was, without what confirmed orders have."""
    sold = collections.Counter()
    for order in evidence.orders.values():
        if order["status"] == "confirmed":
            for item in order["items"]:
                sold[item["sku"]] += item["quantity"]
    rows = evidence.sources.rows("catalog", "SELECT sku, stock FROM products WHERE category = 'chaos'")
    expected = {sku: count - sold[sku] for sku, count in evidence.told.stock.items()}
    found = {row["sku"]: row["stock"] for row in rows}
    faults = [f"{sku}: {found.get(sku)} are left, not {count}" for sku, count in expected.items() if found.get(sku) != count]
    faults += evidence.samples.faults["stock"]
    return none(faults, of=f"{sum(sold.values())} sold of {len(expected)} products")
