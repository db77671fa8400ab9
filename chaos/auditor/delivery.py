"""Checks of what leaves a service: events, mails, jobs."""
import collections

from chaos.auditor.check import Result, check, none
from chaos.auditor.samples import FINAL


@check("events.one-per-end")
def one_per_end(evidence):
    """The log has one event for each order that ended, with its status."""
    ended = collections.defaultdict(list)
    for event in evidence.events:
        if event["topic"] == "orders.ended" and event["data"] is not None:
            ended[event["data"]["orderId"]].append(event["data"]["status"])
    faults = [f"order {order} is {row['status']}, and its events say {ended.get(order)}"
              for order, row in evidence.orders.items() if row["status"] in FINAL and ended.get(order) != [row["status"]]]
    faults += [f"there is an event of order {order}, which does not exist" for order in ended if order not in evidence.orders]
    return none(faults, of=f"{sum(map(len, ended.values()))} events")


@check("events.settled-by-every-group")
def settled_by_every_group(evidence):
    """Each topic has a group, each group has members, and no group has left an event of its topics unread."""
    groups = evidence.bus.groups(evidence.events)
    faults = [f"group {group.name} has no member" for group in groups if group.members is False]
    if all(group.topics is not None for group in groups):
        read = set().union(*(group.topics for group in groups))
        faults += [f"nobody reads {topic}" for topic in {event["topic"] for event in evidence.events if event["data"] is not None} - read]
    faults += [f"{group.left} events are not settled by {group.name}" for group in groups if group.left]
    if not groups or not evidence.events:
        faults.append(f"there are {len(groups)} groups and {len(evidence.events)} events")
    return none(faults, of=f"{len(evidence.events)} events for {len(groups)} groups")


@check("mail.one-per-end")
def mail_one_per_end(evidence):
    """One mail was delivered for each order that ended, and one for each account."""
    expected = collections.Counter({order["email"]: 1 for order in evidence.orders.values() if order["status"] in FINAL})
    expected.update(evidence.told.accounts)
    found = {address: len(evidence.mails.get(address, ())) for address in expected.keys() | evidence.mails.keys()}
    faults = [f"{address}: {count} mails instead of {expected[address]}" for address, count in found.items() if count != expected[address]]
    return none(faults, of=f"{sum(expected.values())} mails")


@check("events.recorded-in-order")
def recorded_in_order(evidence):
    """Whoever reads the log by position while it grows misses no event: none appears at a position that was already read, or disappears.

    On a broker, an event that comes again is followed by those of its key that had followed it.
    """
    recorded, log = evidence.samples.recorded, [(event["position"], event["id"]) for event in evidence.events]
    seen = set(recorded)
    faults = [f"event {name} appeared at {position}, which had been read" for position, name in log if (position, name) not in seen]
    kept = set(log)
    faults += [f"event {name} disappeared from {position}" for position, name in recorded if (position, name) not in kept]
    if not log or not evidence.samples.counts["events"]:
        faults.append(f"there are {len(log)} events in {evidence.samples.counts['events']} samples")
    faults += evidence.bus.disorder()
    copies = evidence.bus.copies()
    return none(faults, of=f"{len(recorded)} events" + (f", {copies} came again" if copies is not None else ""))


@check("events.dead-letters")
def dead_letters(evidence):
    """The events that cannot be decoded are dead letters with a reason, once each, and nothing else was given up."""
    dead = [{**row, "service": service} for service in evidence.tables("roost_work")
            for row in evidence.sources.rows(service, "SELECT queue, id, reason FROM roost_work WHERE state = 'dead'")]
    planted = [event["id"] for event in evidence.events if event["data"] is None]
    faults = []
    for name in planted:
        own = [row for row in dead if name in row["id"]]
        if len(own) != 1 or not own[0]["reason"]:
            faults.append(f"{name}, which cannot be decoded, is {len(own)} dead letters: {[row['reason'] for row in own]}")
    faults += [f"{row['service']}: {row['queue']} {row['id']}: {row['reason']}" for row in dead if not any(name in row["id"] for name in planted)]
    return Result(f"{len(planted)} planted", f"{len(dead)} dead letters", faults)


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


@check("work.no-process-given-up")
def no_process_given_up(evidence):
    """The supervisor has started every process again: none of the faults lasts, so none of them is one that no restart mends."""
    return none(line for line in evidence.log.splitlines() if "is not restarted" in line)
