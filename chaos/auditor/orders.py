"""Checks of the orders: each one ended, once, and as it had to."""
import collections

from chaos.auditor.check import Result, check, none
from chaos.auditor.samples import FINAL, NEXT

# What an order that is paid with a token ends as, if there is stock and nobody cancels it.
ENDS = {"tok_declined": {"declined"}}


@check("orders.accepted-ended")
def accepted_ended(evidence):
    """Every order that was promised has ended."""
    wanted = {order for request in evidence.told.accepted for order in request.orders}
    ended = sum(evidence.state(order) in FINAL for order in wanted)
    faults = [f"order {order} is {evidence.state(order)}" for order in wanted if evidence.state(order) not in FINAL]
    return Result(len(wanted), ended, faults)


@check("orders.unknown-absent-or-ended")
def unknown_absent_or_ended(evidence):
    """A request without an answer has either made no order or one that ended."""
    unknown = [request.key for request in evidence.told.requests.values() if not request.orders]
    found = collections.defaultdict(list)
    for order in evidence.orders.values():
        found[order["key"]].append(order)
    return none((f"{key}: {order['id']} is {order['status']}" for key in unknown for order in found[key]
                 if order["status"] not in FINAL), of=f"{len(unknown)} requests")


@check("orders.one-per-key")
def one_per_key(evidence):
    """All answers under a key name the same order, and no other was made under it."""
    made = collections.Counter(order["key"] for order in evidence.orders.values())
    faults = [f"{key}: {count} orders" for key, count in made.items() if count > 1 and key is not None]
    for request in evidence.told.accepted:
        if len(request.orders) > 1:
            faults.append(f"{request.key}: the answers name {len(request.orders)} orders")
        for order in request.orders:
            if order in evidence.orders and evidence.orders[order]["key"] != request.key:
                faults.append(f"{request.key}: the answer names order {order}, which has the key {evidence.orders[order]['key']}")
    return none(faults, of=f"{len(evidence.told.requests)} keys")


@check("orders.one-per-cart")
def one_per_cart(evidence):
    """Of two requests at once for one cart, one at most has made an order."""
    made = {order["key"] for order in evidence.orders.values()}
    rivals = [request.key for request in evidence.told.requests.values() if request.key.endswith("-rival")]
    faults = [f"{key}: both requests have made an order" for key in rivals if key in made and key.removesuffix("-rival") in made]
    return none(faults, of=f"{len(rivals)} carts")


@check("orders.asked-for")
def asked_for(evidence):
    """No order is there that nobody asked for."""
    return none((f"order {order['id']} has the unknown key {order['key']}" for order in evidence.orders.values()
                 if order["key"] not in evidence.told.requests), of=f"{len(evidence.orders)} orders")


@check("orders.refusals-hold")
def refusals_hold(evidence):
    """A request that was refused for good has made no order, and another request under a used key is refused."""
    made = {order["key"] for order in evidence.orders.values()}
    faults = [f"{request.key}: refused with {request.refusals}, and yet there is an order"
              for request in evidence.told.requests.values() if request.refusals and not request.orders and request.key in made]
    for request in evidence.told.requests.values():
        faults += [f"{request.key}: another request under the key was answered with {status}"
                   for status in request.changed if status not in (422, None)]
    return none(faults)


@check("orders.no-needless-refusal")
def no_needless_refusal(evidence):
    """A customer who has filled the cart and sends one request gets an order, unless an earlier request may have taken the cart."""
    return none((f"{request.key} ({request.manner}, {request.sku}) was refused with {request.refusals}"
                 for request in evidence.told.refusals.unexplained()), of=f"{len(evidence.told.requests)} requests")


@check("orders.paths")
def paths(evidence):
    """Every status follows from the one before, in the recorded history as in the samples, in which steps can be skipped."""
    faults = list(evidence.samples.faults["orders"])
    faults += [f"order {order} has no history" for order in evidence.orders.keys() - evidence.history.keys()]
    for order, statuses in evidence.history.items():
        is_legal = statuses[0] == "pending" and all(after in NEXT.get(before, ()) for before, after in zip(statuses, statuses[1:]))
        if not is_legal:
            faults.append(f"order {order}: {', '.join(statuses)}")
        if statuses[-1] != evidence.state(order):
            faults.append(f"order {order} is {evidence.state(order)}, and its history ends with {statuses[-1]}")
    return none(faults, of=f"{len(evidence.history)} orders")


@check("orders.ends")
def ends(evidence):
    """Every order ended as its token, the stock and its customer determine."""
    faults = []
    for request in evidence.told.accepted:
        status = evidence.state(request.order)
        allowed = set(ENDS.get(request.token, {"confirmed"}))
        if request.sku == "CHAOS-NONE":
            allowed = {"rejected"}
        if request.sku == "CHAOS-FEW":
            allowed |= {"rejected"}
        if request.cancellations:
            allowed = _after_cancellation(request, allowed)
        if status not in allowed:
            faults.append(f"{request.key}: order {request.order} ({request.token}, {request.manner}, {request.sku}) is {status}, "
                          f"not {' or '.join(sorted(allowed))}")
    return none(faults, of=f"{len(evidence.told.accepted)} orders")


def _after_cancellation(request, allowed):
    """What an order may have ended as after the answers to its cancellation."""
    status, order_status = request.cancellations[-1]
    if status == 200:
        # Then it was cancelled in time, or had ended in another way than by being confirmed.
        return {order_status} - {"confirmed"} if order_status in FINAL else (allowed | {"cancelled"}) - {"confirmed"}
    if status == 409:
        return allowed
    return allowed | {"cancelled"}
