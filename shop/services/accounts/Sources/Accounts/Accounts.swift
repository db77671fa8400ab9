import AccountsAPI
import Foundation
import Guests
import Roost
import RoostAuth
import RoostData
import RoostEvents
import ShopCommon

/// Implements the contract of the accounts.
@Service(AccountsAPI.self, publishes: [AccountCreated.self])
struct Accounts: AccountsAPI {
    let database: Database
    let hasher: PasswordHasher
    let sessions: Sessions
    let throttle: SignInThrottle
    let guests: GuestCarts
    let keySet: JSONWebKeySet

    func signUp(_ account: NewAccount) async throws -> Account {
        let row = AccountRow(
            email: account.email.lowercased(), name: account.name, password: try await hasher.hash(account.password), role: .customer)
        do {
            try await database.transaction { transaction in
                try await transaction.insert(row)
                try await transaction.publish(AccountCreated(accountId: row.id, email: row.email, name: row.name))
            }
        } catch let error as DatabaseError where error.code == .uniqueViolation {
            throw Problem(.conflict, "An account with this email address exists.")
        }
        return row.account
    }

    func me(_ caller: Principal.Account) async throws -> Account { try await find(caller.uuid) }

    func changeMe(_ changes: AccountChanges, by caller: Principal.Account) async throws -> Account {
        let id = try caller.uuid
        if let name = changes.name { try await database.run(AccountRow.with(id).update { $0.name.set(name) }) }
        return try await find(id)
    }

    func account(id: UUID) async throws -> Account { try await find(id) }

    func signIn(_ credentials: Credentials, guest: GuestID?) async throws -> TokenPair {
        let email = credentials.email.lowercased()
        let account = try await throttle.attempt(email, from: RequestContext.current?.clientAddress) { () -> Account? in
            let found = try await AccountRow.find(email: email, in: database)
            // An unknown account costs the same work as a wrong password, so that the response time does not reveal which accounts exist.
            guard try await hasher.verify(credentials.password, against: found?.password) else { return nil }
            return found?.account
        }
        guard let account else {
            throw Problem(.unauthorized, "The email address or the password is wrong.", headers: ["www-authenticate": "Bearer"])
        }
        let tokens = try await sessions.begin(for: account)
        if let guest { await guests.hand(guest, to: account.id) }
        return tokens
    }

    func refresh(_ request: RefreshRequest) async throws -> TokenPair {
        try await sessions.refresh(request.refreshToken) { try await find($0) }
    }

    func sessions(of caller: Principal.Account, limit: PageLimit?, cursor: PageCursor?) async throws -> Page<Session> {
        try await sessions.list(of: caller, limit: limit ?? .default, after: cursor)
    }

    func signOut(_ caller: Principal.Account) async throws {
        guard let session = caller.session.flatMap(UUID.init(text:)) else { return }
        try await sessions.end(session, of: caller.uuid)
    }

    func endSession(id: UUID, by caller: Principal.Account) async throws {
        guard try await sessions.end(id, of: caller.uuid) else {
            throw Problem(.notFound, "The account has no session \(id.text).")
        }
    }

    func keys() async throws -> JSONWebKeySet { keySet }

    private func find(_ id: UUID) async throws -> Account {
        guard let row = try await database.find(AccountRow.self, id) else { throw Problem(.notFound, "No account has this id.") }
        return row.account
    }
}
