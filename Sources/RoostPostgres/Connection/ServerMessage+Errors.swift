import Roost

extension ServerMessage {
    /// The error that a caller gets. The message of the server is its cause.
    var error: any Error {
        switch code {
        case "23505", "23P01": DatabaseError(.uniqueViolation, summary, cause: self)
        case "23503", "23001": DatabaseError(.foreignKeyViolation, summary, cause: self)
        case "23514": DatabaseError(.checkViolation, summary, cause: self)
        case "23502": DatabaseError(.notNullViolation, summary, cause: self)
        case "22003", "22008": DatabaseError(.outOfRange, summary, cause: self)
        case "22021": DatabaseError(.text, summary, cause: self)
        case "53100", "53200": DatabaseError(.storage, summary, cause: self)
        case "40001", "40P01", "55P03": Self.unavailable("The database is busy.", self)
        case "57014": Problem.tooSlow(cause: self)
        case "XX001", "XX002": DatabaseError(.file, summary, cause: self)
        case _ where isUnavailability: Self.unavailable("The database is not available.", self)
        case _ where code.hasPrefix("58"): DatabaseError(.storage, summary, cause: self)
        default: DatabaseError(.engine, summary, cause: self)
        }
    }

    private static func unavailable(_ detail: String, _ cause: ServerMessage) -> Problem {
        var problem = Problem.unavailable(detail)
        problem.cause = cause
        return problem
    }

    /// Whether the server is starting, stopping, or out of connections: another attempt may succeed.
    var isUnavailability: Bool {
        switch code {
        // 57P01 to 57P05 are shutdowns and starts; class 08 are connections; the last one is pgbouncer's, for servers that it cannot reach.
        case "57P01", "57P02", "57P03", "57P05", "53300", "53400": true
        default: code.hasPrefix("08") && !isAuthentication
        }
    }

    /// Whether the role or its password was refused.
    var isAuthentication: Bool { code == "28P01" || code == "28000" || code == "08P01" && message.contains("authentication") }

    /// Whether the transaction can succeed if it is run again.
    var allowsRepetition: Bool { isSerializationFailure || isStale }

    /// Whether the transaction met another one: it could not be serialized, or a deadlock was broken.
    var isSerializationFailure: Bool { code == "40001" || code == "40P01" }

    /// Whether the prepared statement is out of date, or is not known. It was then not run.
    var isStale: Bool {
        switch code {
        // The result would have other columns (0A000), or the statement is unknown, as after `DISCARD ALL` (26000).
        case "26000": true
        case "0A000": message.contains("cached plan")
        default: false
        }
    }

    /// Whether two sessions created the same object at once, as with `CREATE TABLE IF NOT EXISTS`. The second attempt finds it.
    var isCatalogueRace: Bool { code == "23505" && schema == "pg_catalog" }

    /// Whether the types of the parameters do not fit the statement, as after a change of the schema. Unless the error
    /// comes from within a procedure, the statement was not run.
    var isTypeMismatch: Bool {
        switch code {
        case "42804", "42883", "42725", "42P18", "42846": true
        default: false
        }
    }
}

extension Problem {
    /// A query did not finish by the deadline of the call, or by the server's own limit.
    static func tooSlow(cause: (any Error)? = nil) -> Problem {
        Problem(.gatewayTimeout, "The database query took too long.", cause: cause)
    }

    /// The connection was lost while the caller waited for an answer.
    static func connectionLost(cause: (any Error)?) -> Problem {
        var problem = Problem.unavailable("The connection to the database was lost.")
        problem.cause = cause
        return problem
    }
}
