/// A way in which a server authenticates the client, as libpq's `require_auth` names it
/// (https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNECT-REQUIRE-AUTH).
enum AuthenticationMethod: String, CaseIterable, Sendable {
    /// The password as it is.
    case clear = "password"
    /// A hash of the password's hash.
    case md5
    /// A proof that does not reveal the password.
    case scram = "scram-sha-256"
    /// The server does not ask for anything.
    case none

    static let all = Set(allCases)

    static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }

    /// Reads a list of methods that are allowed, or of methods that are not, each of which begins with an exclamation mark.
    /// - Returns: The methods that are allowed; `nil` if the list is empty, mixes both, or names another method.
    static func list(_ text: String) -> Set<AuthenticationMethod>? {
        let names = text.split(separator: ",", omittingEmptySubsequences: false).map { $0.trimmingPrefix(while: \.isWhitespace) }
        let excluded = names.count { $0.hasPrefix("!") }
        guard excluded == 0 || excluded == names.count else { return nil }
        var methods: Set<AuthenticationMethod> = []
        for name in names {
            guard let method = AuthenticationMethod(rawValue: String(excluded == 0 ? name : name.dropFirst())) else { return nil }
            methods.insert(method)
        }
        return excluded == 0 ? methods : all.subtracting(methods)
    }
}
