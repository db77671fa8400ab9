/// The purpose of a connection.
public enum DatabaseAccess: Hashable, Sendable {
    /// Reads a snapshot, concurrently with writers and other readers.
    case read
    /// Reads and writes.
    case write
}

/// How far a transaction is separated from those that run at the same time (ISO/IEC 9075-2, "Isolation levels").
public enum IsolationLevel: String, Hashable, Sendable {
    /// Every statement sees what was committed before it began.
    case readCommitted = "READ COMMITTED"
    /// All statements see what was committed before the first of them began. A change of a row that another transaction changed
    /// meanwhile fails, and the transaction is run again.
    case repeatableRead = "REPEATABLE READ"
    /// The result is as if the transactions had run one after another. A transaction for which this cannot be ensured is run again.
    case serializable = "SERIALIZABLE"
}

/// When a commit counts as done. In both cases, all of it takes effect or nothing, and it survives if the process is killed.
public enum CommitDurability: Hashable, Sendable {
    /// Once the engine has made it durable: it survives a power failure, if the engine is set up so.
    case durable
    /// Once others can see it. A crash of the machine or of the engine may undo the last such commits, but none that a durable commit
    /// followed. For changes that are made again by themselves if they are lost, such as who works on what.
    case deferred
}

/// The options of a transaction.
public struct TransactionOptions: Hashable, Sendable {
    /// The purpose of the transaction.
    public var access: DatabaseAccess
    /// The isolation that the transaction needs at least. An engine in which only one transaction writes at a time gives more.
    public var isolation: IsolationLevel
    /// When the commit counts as done.
    public var durability: CommitDurability
    /// Whether tables can be rebuilt: dropping a table leaves the rows that refer to it alone. Foreign keys are checked again at the
    /// commit, which fails if one is violated.
    public var changesSchema: Bool
    /// The largest number of attempts, if the engine cannot serialize the transaction with others or has to break a deadlock.
    public var attempts: Int
    /// Whether there is a transaction around the statements. Otherwise each of them is a transaction of its own, on one connection to a server,
    /// which is closed afterwards; SQLite does not have that.
    package var hasTransaction = true

    /// Creates options.
    /// - Parameters:
    ///   - access: The purpose of the transaction.
    ///   - isolation: The isolation that the transaction needs at least.
    ///   - durability: When the commit counts as done.
    ///   - changesSchema: Whether tables can be rebuilt.
    ///   - attempts: The largest number of attempts.
    public init(
        access: DatabaseAccess, isolation: IsolationLevel = .readCommitted, durability: CommitDurability = .durable,
        changesSchema: Bool = false, attempts: Int = 5
    ) {
        self.access = access
        self.isolation = isolation
        self.durability = durability
        self.changesSchema = changesSchema
        self.attempts = attempts
    }

    /// Reads one snapshot.
    public static let read = TransactionOptions(access: .read, isolation: .repeatableRead)
    /// Reads and writes. Every statement sees what was committed before it began.
    public static let write = TransactionOptions(access: .write)
    /// Reads and writes as if no other transaction ran at the same time.
    public static let serializable = TransactionOptions(access: .write, isolation: .serializable)
    /// Changes the schema, and may rebuild tables.
    public static let schemaChange = TransactionOptions(access: .write, changesSchema: true)
    /// Runs statements on one connection without a transaction around them, once.
    static var oneConnection: TransactionOptions {
        var options = TransactionOptions(access: .write, attempts: 1)
        options.hasTransaction = false
        return options
    }
}
