public import AccountsAPI

extension AccountsAPI {
    /// Signs in someone who is not a guest.
    public func signIn(_ credentials: Credentials) async throws -> TokenPair { try await signIn(credentials, guest: nil) }
}
