CREATE TABLE ledger_transfers (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL,
    payment TEXT NOT NULL,
    kind TEXT NOT NULL CONSTRAINT ledger_transfers_kind_check CHECK (kind IN ('authorization', 'capture', 'decline', 'sale', 'refund', 'repayment', 'fee', 'payout', 'payoutReversal', 'shortfall', 'shortfallReversal', 'unexpected', 'unexpectedReversal')),
    debit TEXT NOT NULL CONSTRAINT ledger_transfers_debit_check CHECK (debit IN ('clearing', 'payables', 'sales', 'refunds', 'fees', 'bank', 'suspense')),
    credit TEXT NOT NULL CONSTRAINT ledger_transfers_credit_check CHECK (credit IN ('clearing', 'payables', 'sales', 'refunds', 'fees', 'bank', 'suspense')),
    amount INTEGER NOT NULL CONSTRAINT ledger_transfers_amount_check CHECK (amount >= 1 AND amount <= 1000000000000),
    currency TEXT NOT NULL,
    is_posted INTEGER NOT NULL,
    pending_id TEXT,
    created_at INTEGER NOT NULL
);

CREATE UNIQUE INDEX ledger_transfers_id_key ON ledger_transfers (id);

CREATE INDEX ledger_transfers_payment_number_idx ON ledger_transfers (payment, number);

CREATE TABLE ledger_balances (
    account TEXT NOT NULL CONSTRAINT ledger_balances_account_check CHECK (account IN ('clearing', 'payables', 'sales', 'refunds', 'fees', 'bank', 'suspense')),
    currency TEXT NOT NULL,
    debits INTEGER NOT NULL,
    credits INTEGER NOT NULL,
    PRIMARY KEY (account, currency)
);

CREATE TABLE ledger_differences (
    id TEXT NOT NULL PRIMARY KEY,
    payment TEXT,
    kind TEXT NOT NULL,
    found TEXT NOT NULL,
    action TEXT NOT NULL,
    is_open INTEGER NOT NULL,
    found_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL
);

CREATE INDEX ledger_differences_seen_at_idx ON ledger_differences (seen_at);

CREATE INDEX ledger_differences_found_at_id_idx ON ledger_differences (found_at, id);

CREATE TABLE webhook_notices (
    id TEXT NOT NULL PRIMARY KEY,
    digest TEXT NOT NULL,
    received_at INTEGER NOT NULL
);

CREATE INDEX webhook_notices_received_at_idx ON webhook_notices (received_at);

CREATE TABLE reconciliations (
    record TEXT NOT NULL PRIMARY KEY,
    position INTEGER NOT NULL DEFAULT 0,
    searched_to TEXT,
    started_at INTEGER NOT NULL,
    ended_at INTEGER,
    checked INTEGER NOT NULL DEFAULT 0,
    settled INTEGER NOT NULL DEFAULT 0
);

ALTER TABLE payments ADD COLUMN is_reconciled INTEGER NOT NULL DEFAULT 0;

CREATE INDEX payments_is_reconciled_id_idx ON payments (is_reconciled, id);

CREATE TRIGGER ledger_transfers_refuse_update BEFORE UPDATE ON ledger_transfers BEGIN
    SELECT RAISE(ABORT, 'rows of ledger_transfers are never changed or deleted: a correction is another transfer');
END;

CREATE TRIGGER ledger_transfers_refuse_delete BEFORE DELETE ON ledger_transfers BEGIN
    SELECT RAISE(ABORT, 'rows of ledger_transfers are never changed or deleted: a correction is another transfer');
END;
