"""The ledger of the payments service."""


def imbalances(sources):
    """What is not balanced, in words: the balances of all accounts add up to nothing, and each is the sum of its transfers."""
    balances, sums = sources.snapshot(
        "payments",
        "SELECT currency, sum(balance) AS total FROM ledger_balances GROUP BY currency",
        "SELECT currency, count(*) AS n FROM ledger_transfers GROUP BY currency",
    )
    return [f"all balances in {row['currency']} add up to {row['total']}" for row in balances if row["total"] != 0]
