import Roost

/// Why a command failed.
enum RedisError: Error {
    /// The server cannot be reached, or the connection ended before it answered.
    case unreachable(String)
    /// The server refuses the user or the password.
    case refused(String)
    /// The server cannot be used, whatever the circumstances.
    case unusable(String)
    /// The server answered the command with an error.
    case server(RESPError)

    static let cluster = "the server belongs to a Redis Cluster, which is not supported: use a single server, or servers with sentinels"

    /// The error for the caller of an operation.
    var problem: any Error {
        switch self {
        case .unreachable, .refused, .unusable: Problem.unavailable("The store cannot be reached.")
        case .server(let error) where error.isPassing: Problem.unavailable("The store is not ready.")
        case .server(let error) where error.isOfCluster: DatabaseError(.engine, Self.cluster)
        case .server(let error): DatabaseError(error.kind == "WRONGTYPE" ? .value : .engine, error.text)
        }
    }

    /// What is wrong, for a log line or the error of a start.
    var reason: String {
        switch self {
        case .unreachable(let reason), .refused(let reason), .unusable(let reason): reason
        case .server(let error): error.text
        }
    }
}

extension RESPError {
    /// The kinds of errors that end by themselves.
    private static let passing: Set<Substring> = [
        "LOADING", "MASTERDOWN", "READONLY", "TRYAGAIN", "CLUSTERDOWN", "MISCONF", "OOM", "BUSY", "NOREPLICAS", "UNKILLABLE", "NOAUTH",
        "WRONGPASS",
    ]

    /// Whether only a client of a cluster can do something about it.
    var isOfCluster: Bool { ["MOVED", "ASK", "CROSSSLOT"].contains(kind) }

    /// Whether the same command may succeed later.
    var isPassing: Bool { Self.passing.contains(kind) }

    /// Whether the connection leads to a server that cannot be used any more: another one has taken its place, or the user is gone.
    var isOfAnotherServer: Bool { ["READONLY", "MASTERDOWN", "NOAUTH"].contains(kind) }
}
