import Roost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension PostgresConfiguration {
    /// Reads the URL that a setting gives. What it leaves out is taken from the variables that libpq reads, such as `PGHOST` and
    /// `PGUSER`, and the password from the password file (https://www.postgresql.org/docs/current/libpq-pgpass.html).
    /// - Parameters:
    ///   - url: `postgres://USER:PASSWORD@HOST:PORT/DATABASE`, with options after a question mark.
    ///   - key: The setting, for the error.
    ///   - environment: The variables.
    /// - Throws: A `ConfigurationError`, which does not contain the password.
    public init(
        url: String, key: String = "DATABASE_URL", environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(ConfigurationError) {
        guard let parts = PostgresURL(url) else {
            throw ConfigurationError(key: key, value: url, allowed: PostgresURL.form)
        }
        do {
            try self.init(parts, environment)
        } catch {
            throw ConfigurationError(key: key, value: url, allowed: error.allowed)
        }
    }

    /// A part of a URL, or a variable, with a wrong value.
    struct Fault: Error {
        let allowed: String
    }

    init(_ url: PostgresURL, _ environment: [String: String]) throws(Fault) {
        var values = Values(url.query, environment)
        hosts = try Self.hosts(url, &values)
        user = url.user ?? values["user", "PGUSER"] ?? environment["USER"] ?? "postgres"
        database = url.database ?? values["dbname", "PGDATABASE"] ?? user
        password = url.password ?? values["password", "PGPASSWORD"]
        tlsMode = try values.choice("sslmode", "PGSSLMODE")
        rootCertificate = values["sslrootcert", "PGSSLROOTCERT"]
        certificate = values["sslcert", "PGSSLCERT"]
        privateKey = values["sslkey", "PGSSLKEY"]
        channelBinding = try values.choice("channel_binding", "PGCHANNELBINDING") ?? .prefer
        methods = try Self.methods(values["require_auth", "PGREQUIREAUTH"])
        target = try values.choice("target_session_attrs", "PGTARGETSESSIONATTRS") ?? .any
        pooler = try values.choice("pooler", nil) ?? .none
        poolTimeout = try values.seconds("pool_timeout", nil) ?? poolTimeout
        connectTimeout = min(try values.seconds("connect_timeout", "PGCONNECT_TIMEOUT") ?? connectTimeout, poolTimeout / 2)
        // A transaction has a connection of its own, and single statements need another one.
        connections = try values.number("connections", nil, 2...10_000) ?? connections
        applicationName = values["application_name", "PGAPPNAME"]
        options = values["options", "PGOPTIONS"]
        if password == nil { password = PasswordFile(values["passfile", "PGPASSFILE"], environment)?.password(for: self) }
    }

    private static func methods(_ text: String?) throws(Fault) -> Set<AuthenticationMethod> {
        guard let text else { return AuthenticationMethod.all }
        guard let methods = AuthenticationMethod.list(text) else {
            throw Fault(allowed: "one whose require_auth is a list of \(AuthenticationMethod.names), or of those with ! in front")
        }
        return methods
    }

    private static func hosts(_ url: PostgresURL, _ values: inout Values) throws(Fault) -> [Endpoint] {
        var hosts = url.hosts
        let named = values["host", "PGHOST"], ports = values["port", "PGPORT"]
        if hosts.isEmpty, let named { hosts = named.split(separator: ",").map { (String($0), nil) } }
        if hosts.isEmpty { hosts = [("localhost", nil)] }
        let numbers = try (ports?.split(separator: ",", omittingEmptySubsequences: false) ?? []).map { text throws(Fault) in
            guard let number = Int(text), (1...65_535).contains(number) else { throw Fault(allowed: "one whose ports are 1 to 65535") }
            return number
        }
        guard numbers.count <= 1 || numbers.count == hosts.count else { throw Fault(allowed: "one with a port for each host") }
        return hosts.enumerated().map { index, host in
            let port = host.port ?? (numbers.count > 1 ? numbers[index] : numbers.first) ?? 5432
            return Endpoint(host: host.host.isEmpty ? "localhost" : host.host, port: port)
        }
    }
}

/// The values of the URL's options, and of the variables for those that it leaves out.
private struct Values {
    let query: [String: String]
    let environment: [String: String]

    init(_ query: [String: String], _ environment: [String: String]) {
        self.query = query
        self.environment = environment
    }

    subscript(_ name: String, _ variable: String?) -> String? {
        if let value = query[name] { return value }
        guard let value = variable.flatMap({ environment[$0] }), !value.isEmpty else { return nil }
        return value
    }

    func choice<Choice: RawRepresentable<String>>(_ name: String, _ variable: String?) throws(PostgresConfiguration.Fault) -> Choice? {
        guard let text = self[name, variable] else { return nil }
        guard let choice = Choice(rawValue: text) else { throw .init(allowed: "one whose \(name) is a value that PostgreSQL knows") }
        return choice
    }

    func number(
        _ name: String, _ variable: String?, _ range: ClosedRange<Int>
    ) throws(PostgresConfiguration.Fault) -> Int? {
        guard let text = self[name, variable] else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw .init(allowed: "one whose \(name) is a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func seconds(_ name: String, _ variable: String?) throws(PostgresConfiguration.Fault) -> Duration? {
        try number(name, variable, 1...86_400).map { .seconds($0) }
    }
}
