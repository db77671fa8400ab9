"""Checks of the ledger in the payments service."""
import collections

from chaos.auditor.check import Result, check, none

BALANCES = "SELECT account, currency, debits, credits FROM ledger_balances"
SUMS = """
    SELECT account, currency, sum(debit) AS debits, sum(credit) AS credits FROM (
        SELECT debit AS account, currency, amount AS debit, 0 AS credit FROM ledger_transfers WHERE {posted}
        UNION ALL SELECT credit, currency, 0, amount FROM ledger_transfers WHERE {posted}) AS sides
    GROUP BY account, currency"""
# The kinds of transfer that a payment in each state has, without those that its reconciliation adds.
KINDS = {
    "captured": {"authorization", "capture", "sale"},
    "refunded": {"authorization", "capture", "sale", "refund", "repayment"},
    "declined": {"authorization", "decline"},
    "void": set(),
}
RECONCILED = {"fee", "payout", "payoutReversal"}


def imbalances(sources):
    """What is not balanced at one moment, in words: debits and credits are equal, and each balance is the sum of its transfers."""
    posted = "is_posted" if sources.postgres else "is_posted = 1"
    balances, sums = sources.snapshot("payments", BALANCES, SUMS.format(posted=posted))
    stored, derived = _by_account(balances), _by_account(sums)
    faults = [f"{account} in {currency}: the balance is {stored.get((account, currency))}, the transfers are {both}"
              for (account, currency), both in derived.items() if stored.get((account, currency)) != both]
    faults += [f"{key} has the balance {both} and no transfer" for key, both in stored.items() if key not in derived and any(both)]
    for currency in {currency for _, currency in stored}:
        debits, credits = (sum(both[side] for (_, each), both in stored.items() if each == currency) for side in (0, 1))
        if debits != credits:
            faults.append(f"the debits in {currency} are {debits}, the credits {credits}")
    return faults


def _by_account(rows):
    return {(row["account"], row["currency"]): (int(row["debits"]), int(row["credits"])) for row in rows}


@check("ledger.balanced-in-every-sample")
def balanced(evidence):
    """The books balanced whenever they were looked at, and at the end."""
    faults = imbalances(evidence.sources) + evidence.samples.faults["ledger"]
    if evidence.samples.counts["ledger"] == 0:
        return Result("samples", "no sample", ["the ledger was never sampled"])
    return none(faults, of=f"{evidence.samples.counts['ledger']} samples")


@check("ledger.one-posting-per-outcome")
def one_posting(evidence):
    """The transfers of each payment are those of its outcome, once each, with its amount; and each transfer belongs to a payment."""
    rows = evidence.sources.rows("payments", "SELECT payment, kind, amount, currency FROM ledger_transfers")
    found = collections.defaultdict(list)
    for row in rows:
        found[str(row["payment"])].append((row["kind"], int(row["amount"]), row["currency"]))
    payments = {payment["id"]: payment for each in evidence.payments.values() for payment in each}
    faults = [f"payment {payment} has transfers, and does not exist" for payment in found.keys() - payments.keys()]
    for identifier, payment in payments.items():
        status, amount = payment["status"], payment["amount"]
        if status not in KINDS:
            faults.append(f"payment {identifier} is {status}, which is not an outcome")
            continue
        transfers = found[identifier]
        booked = sorted(transfer for transfer in transfers if transfer[0] not in RECONCILED)
        if booked != sorted((kind, amount["amount"], amount["currency"]) for kind in KINDS[status]):
            faults.append(f"payment {identifier} is {status}, its transfers are {booked}")
        reconciled = collections.Counter(kind for kind, _, _ in transfers if kind in RECONCILED)
        faults += [f"payment {identifier} has {count} transfers {kind}" for kind, count in reconciled.items() if count > 1]
    return none(faults, of=f"{len(rows)} transfers")


@check("ledger.no-open-difference")
def no_difference(evidence):
    """Nothing that needs somebody was found when the books were compared with the processor's record."""
    rows = evidence.sources.rows("payments", "SELECT payment, kind, found, is_open FROM ledger_differences")
    return none(f"payment {row['payment']}: {row['kind']}: {row['found']}" for row in rows if row["is_open"])
