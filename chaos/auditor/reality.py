"""Checks that the chaos was real: a run in which nothing happened proves nothing."""
from chaos.auditor.check import Result, at_least_one, check


@check("chaos.every-fault-seen")
def every_fault_seen(evidence):
    """Each fault of the schedule was inflicted."""
    done = {line["number"] for line in evidence.inflicted}
    reasons = {line["number"]: line["reason"] for line in evidence.not_inflicted}
    faults = [f"fault {fault['number']} ({fault['kind']} {fault['target']}) was not inflicted: {reasons.get(fault['number'], 'unknown')}"
              for fault in evidence.planned if fault["number"] not in done]
    return Result(len(evidence.planned), len(done), faults)


@check("chaos.requests-repeated")
def requests_repeated(evidence):
    """Requests were answered more than once under the same key, and each time with the same order."""
    return at_least_one(sum(request.answers > 1 for request in evidence.told.accepted))


@check("chaos.takeovers")
def takeovers(evidence):
    """Work of processes that died or hung was continued by others."""
    return at_least_one(evidence.matches("Taking over"))


@check("chaos.fenced")
def fenced(evidence):
    """A process that had lost its work tried to write, and changed nothing."""
    return at_least_one(evidence.matches("Another worker has taken the"))


@check("chaos.duplicates")
def duplicates(evidence):
    """Events were delivered again, and were recognized."""
    return at_least_one(evidence.matches("The event was handled before"))
