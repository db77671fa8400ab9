/// Why a statement or a transaction failed.
public struct DatabaseError: ClassifiedError {
    /// The kind of failure. Drivers may add their own.
    public struct Code: RawRepresentable, Hashable, Sendable {
        public let rawValue: String

        public init(rawValue: String) { self.rawValue = rawValue }

        /// Another row has the same value where only one may.
        public static let uniqueViolation = Code(rawValue: "unique_violation")
        public static let foreignKeyViolation = Code(rawValue: "foreign_key_violation")
        public static let checkViolation = Code(rawValue: "check_violation")
        public static let notNullViolation = Code(rawValue: "not_null_violation")
        /// The row has no such column, or the column holds no such value.
        public static let column = Code(rawValue: "column")
        /// A column holds a value that this version of the program does not know, such as a state that a newer one wrote. The row is to be
        /// left as it is.
        public static let unknownValue = Code(rawValue: "unknown_value")
        /// A text that engines do not keep whole, as it has the character U+0000.
        public static let text = Code(rawValue: "text")
        /// A transaction was begun inside one of the same database, where it would wait for itself.
        public static let nestedTransaction = Code(rawValue: "nested_transaction")
        /// The transaction or the database is over.
        public static let closed = Code(rawValue: "closed")
        /// A migration that was applied has since been changed, or cannot be applied.
        public static let migration = Code(rawValue: "migration")
        /// The disk is full, or fails.
        public static let storage = Code(rawValue: "storage")
        /// The file is damaged or no database, or may not be opened or written. Nothing can be opened until somebody has looked at it.
        public static let file = Code(rawValue: "file")
        /// A key of the store is empty, too long, or contains NUL.
        public static let key = Code(rawValue: "key")
        /// A value of the store is too large, or is not of the requested type.
        public static let value = Code(rawValue: "value")
        /// Another worker has taken the job, as its lease was over.
        public static let jobLost = Code(rawValue: "job_lost")
        /// The process ended during each attempt at a job.
        public static let processEnded = Code(rawValue: "process_ended")
        /// Anything else that the engine reports, such as a mistake in the statement.
        public static let engine = Code(rawValue: "engine")
    }

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
    /// What the statement or its values are to blame for is permanent. What the disk or the moment is to blame for may pass, and so may a value
    /// that only a newer version of the program knows.
    public var failureKind: FailureKind {
        switch code {
        case .uniqueViolation, .foreignKeyViolation, .checkViolation, .notNullViolation, .column, .text, .nestedTransaction, .migration,
            .engine, .key, .value, .processEnded:
            .permanent
        default: .transient
        }
    }
}
