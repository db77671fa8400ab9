"""Checks of the runs of the orders' workflow."""
import collections

from chaos.auditor.check import Result, check, none


@check("workflow.one-run-per-order")
def one_run_per_order(evidence):
    """Each order has one run of its workflow, which has ended."""
    runs = evidence.sources.rows("orders", "SELECT id, status FROM roost_runs")
    found = collections.Counter(str(row["id"]) for row in runs)
    faults = [f"order {order} has {found[order]} runs" for order in evidence.orders if found[order] != 1]
    faults += [f"run {row['id']} is {row['status']}" for row in runs if row["status"] not in ("completed", "cancelled")]
    return none(faults, of=f"{len(runs)} runs")


@check("workflow.undos-recorded")
def undos_recorded(evidence):
    """Of an order that ended otherwise than confirmed, each step that can be undone was recorded as undone; of a confirmed one, none was."""
    rows = evidence.sources.rows("orders", "SELECT run_id, name, is_undo, outcome FROM roost_run_steps")
    done, undone = set(), set()
    for row in rows:
        if row["outcome"] == "done" and row["name"] in ("reserve", "charge"):
            (undone if row["is_undo"] else done).add((str(row["run_id"]), row["name"]))
    faults = []
    for order, name in done - undone:
        if evidence.state(order) != "confirmed":
            faults.append(f"order {order} is {evidence.state(order)}, and {name} was not undone")
    faults += [f"order {order} is confirmed, and {name} was undone" for order, name in undone if evidence.state(order) == "confirmed"]
    if not undone:
        return Result("undone steps", "none", ["no step was ever undone"])
    return none(faults, of=f"{len(done)} steps, {len(undone)} undone")
