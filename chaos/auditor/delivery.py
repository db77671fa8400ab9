"""Checks of what leaves a service: events, mails, jobs."""
import collections

from chaos.auditor.check import Result, check, none
from chaos.auditor.samples import FINAL


@check("events.one-per-end")
def one_per_end(evidence):
    """The log has one event for each order that ended, with its status; and the events of a key are in order."""
    ended = collections.defaultdict(list)
    for event in evidence.events:
        if event["topic"] == "orders.ended":
            ended[event["data"]["orderId"]].append(event["data"]["status"])
    faults = [f"order {order} is {row['status']}, and its events say {ended.get(order)}"
              for order, row in evidence.orders.items() if row["status"] in FINAL and ended.get(order) != [row["status"]]]
    faults += [f"there is an event of order {order}, which does not exist" for order in ended if order not in evidence.orders]
    return none(faults, of=f"{sum(map(len, ended.values()))} events")


@check("events.settled-by-every-group")
def settled_by_every_group(evidence):
    """No group has left an event of its topics unread."""
    rows = evidence.sources.rows("events", """
        SELECT lanes.group_name AS name, count(DISTINCT events.position) AS n FROM roost_event_lanes AS lanes
        JOIN roost_events AS events ON events.lane = lanes.lane AND events.position > lanes.position
        JOIN roost_event_members AS members ON members.group_name = lanes.group_name AND members.topics LIKE '%' || events.topic || '%'
        WHERE events.audience IN ('', lanes.group_name) GROUP BY lanes.group_name""")
    return none(f"{row['n']} events are not settled by {row['name']}" for row in rows)


@check("mail.one-per-end")
def mail_one_per_end(evidence):
    """One mail was delivered for each order that ended, and one for each account."""
    expected = collections.Counter({order["email"]: 1 for order in evidence.orders.values() if order["status"] in FINAL})
    expected.update(evidence.told.accounts)
    found = {address: len(evidence.mails.get(address, ())) for address in expected.keys() | evidence.mails.keys()}
    faults = [f"{address}: {count} mails instead of {expected[address]}" for address, count in found.items() if count != expected[address]]
    return none(faults, of=f"{sum(expected.values())} mails")


@check("events.no-dead-letters")
def no_dead_letters(evidence):
    """Nothing was given up."""
    faults = []
    for table, sql in (("roost_work", "SELECT queue AS place, id, reason FROM roost_work WHERE state = 'dead'"),
                       ("roost_dead_letters", "SELECT group_name AS place, id, error AS reason FROM roost_dead_letters")):
        for service in evidence.sources.with_table(table):
            faults += [f"{service}: {row['place']} {row['id']}: {row['reason']}" for row in evidence.sources.rows(service, sql)]
    return none(faults)


@check("work.nothing-left")
def nothing_left(evidence):
    """No job waits, no event is parked or still in an outbox, and nobody holds a job."""
    faults = list(evidence.left)
    for service in evidence.tables("roost_work"):
        held = evidence.sources.rows(service, "SELECT queue, id FROM roost_work WHERE worker IS NOT NULL")
        faults += [f"{service}: {row['queue']} {row['id']} is held" for row in held]
    return none(faults)


@check("work.quiet-within-60s")
def quiet(evidence):
    """Everything had ended 60 s after the last fault and the last request."""
    faults = [f"after {evidence.seconds_to_quiet:.0f} s: {left}" for left in evidence.left]
    if evidence.seconds_to_quiet > 60 and not faults:
        faults = ["it took longer"]
    return Result("60 s or less", f"{evidence.seconds_to_quiet:.1f} s", faults)


@check("workflow.one-run-per-order")
def one_run_per_order(evidence):
    """Each order has one run of its workflow, which has ended."""
    runs = evidence.sources.rows("orders", "SELECT id, status FROM roost_runs")
    found = collections.Counter(str(row["id"]) for row in runs)
    faults = [f"order {order} has {found[order]} runs" for order in evidence.orders if found[order] != 1]
    faults += [f"run {row['id']} is {row['status']}" for row in runs if row["status"] not in ("completed", "cancelled")]
    return none(faults, of=f"{len(runs)} runs")
