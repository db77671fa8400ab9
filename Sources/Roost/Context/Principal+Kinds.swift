extension Principal {
    /// A signed-in account that makes a call.
    ///
    /// A function of a contract that takes one is for signed-in accounts. The account is not sent: the endpoint fills the parameter with
    /// the verified caller, so that the function does not depend on its context.
    ///
    /// ```swift
    /// @Get("/orders/{id}") func order(id: UUID, of customer: Principal.Account) async throws -> Order
    /// ```
    public struct Account: Hashable, Sendable {
        /// The account's identifier.
        public let id: String
        /// The account's roles, such as `admin`.
        public let roles: Set<String>
        /// The identifier of the session that the access token belongs to.
        public let session: String?
        /// The account's email address, if its access token names it.
        public let email: String?
        /// The service that makes the call for the account; `nil` if the call comes from outside.
        public let callingService: String?

        /// Creates an account, such as the caller in a test.
        /// - Parameters:
        ///   - id: The account's identifier.
        ///   - roles: The account's roles, such as `admin`.
        ///   - session: The identifier of the session that the access token belongs to.
        ///   - email: The account's email address, if it is known.
        ///   - callingService: The service that makes the call for the account.
        public init(
            _ id: String, roles: Set<String> = [], session: String? = nil, email: String? = nil, callingService: String? = nil
        ) {
            self.id = id
            self.roles = roles
            self.session = session
            self.email = email
            self.callingService = callingService
        }

        /// The account whose credentials the client has, as the argument of a client that need not know more about it, such as one outside
        /// the system:
        ///
        /// ```swift
        /// let order = try await orders.place(order, by: .signedIn)
        /// ```
        public static let signedIn = Account("")
    }

    /// A service of the system that makes a call, on its own behalf or for an account.
    ///
    /// A function of a contract that takes one is for services, and cannot be reached through the gateway. The service is not sent: the
    /// endpoint fills the parameter with the verified caller.
    public struct Service: Hashable, Sendable {
        /// The service's name.
        public let name: String

        /// Creates a service.
        /// - Parameter name: The service's name.
        public init(_ name: String) { self.name = name }
    }

    /// The account that makes the call; `nil` if the caller is not an account.
    public var account: Account? {
        guard kind == .account else { return nil }
        return Account(id, roles: roles, session: session, email: email, callingService: callingService)
    }

    /// The service that makes the call, on its own behalf or for an account; `nil` if the call comes from outside.
    public var service: Service? { callingService.map(Service.init) }
}
