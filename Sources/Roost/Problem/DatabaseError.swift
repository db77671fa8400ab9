/// Why a statement or a transaction failed.
public struct DatabaseError: ClassifiedError {
    /// The kind of failure. Drivers may add their own.
    public struct Code: RawRepresentable, Hashable, Sendable {
        /// The code as text, for logs.
        public let rawValue: String

        /// Creates a code, for a driver that has failures of its own.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// Another row has a value that must be unique.
        public static let uniqueViolation = Code(rawValue: "unique_violation")
        /// The row refers to one that does not exist, or others refer to it.
        public static let foreignKeyViolation = Code(rawValue: "foreign_key_violation")
        /// A value violates a condition of its table.
        public static let checkViolation = Code(rawValue: "check_violation")
        /// A column that must have a value has none.
        public static let notNullViolation = Code(rawValue: "not_null_violation")
        /// The row does not have the column, or the column has a value of another type.
        public static let column = Code(rawValue: "column")
        /// A column has a value that this version of the program does not know, such as a state that a newer version wrote. Leave the row
        /// as it is.
        public static let unknownValue = Code(rawValue: "unknown_value")
        /// A text contains the character U+0000, which some engines do not store.
        public static let text = Code(rawValue: "text")
        /// A transaction was started inside another one of the same database, for which it would wait forever.
        public static let nestedTransaction = Code(rawValue: "nested_transaction")
        /// The transaction or the database has been closed.
        public static let closed = Code(rawValue: "closed")
        /// A migration cannot be applied, or was changed after it was applied.
        public static let migration = Code(rawValue: "migration")
        /// The disk is full or failing.
        public static let storage = Code(rawValue: "storage")
        /// The file is damaged, is not a database, or cannot be opened or written. Somebody has to look at it.
        public static let file = Code(rawValue: "file")
        /// A key of the store is empty, too long, or contains NUL.
        public static let key = Code(rawValue: "key")
        /// A value of the store is too large, or is not of the requested type.
        public static let value = Code(rawValue: "value")
        /// Another worker has taken the job because its lease expired.
        public static let jobLost = Code(rawValue: "job_lost")
        /// The process ended during each attempt at a job.
        public static let processEnded = Code(rawValue: "process_ended")
        /// Any other error of the engine, such as a mistake in the statement.
        public static let engine = Code(rawValue: "engine")
    }

    /// The kind of failure.
    public let code: Code
    /// What happened, for the log. It may quote the database's content and must not reach a client.
    public let message: String

    /// The error behind it.
    public let cause: (any Error)?

    /// Creates an error.
    public init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    /// The code and the message, for the log. The text must not reach a client.
    public var description: String { "\(code.rawValue): \(message)" }
}

extension DatabaseError: Hashable {
    /// Returns whether two errors have the same code and message.
    public static func == (left: DatabaseError, right: DatabaseError) -> Bool { left.code == right.code && left.message == right.message }

    /// Hashes the code and the message.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(code)
        hasher.combine(message)
    }
}

extension DatabaseError {
    /// Permanent if the statement or its values are wrong. Transient if the disk or the circumstances are the cause, or the value is one
    /// that a newer version of the program knows.
    public var failureKind: FailureKind {
        switch code {
        case .uniqueViolation, .foreignKeyViolation, .checkViolation, .notNullViolation, .column, .text, .nestedTransaction, .migration,
            .engine, .key, .value, .processEnded:
            .permanent
        default: .transient
        }
    }
}
