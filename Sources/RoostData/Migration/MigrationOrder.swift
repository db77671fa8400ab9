import Roost

/// The order of migrations: each with a schema names the one that it follows, so that branches which add migrations do not collide by
/// their names. Those without a schema come first, in the order of their names.
package struct MigrationOrder {
    private let plain: [Migration]
    private let described: [Migration]

    /// Creates an order of migrations, which are sorted by their names.
    package init(_ migrations: [Migration]) {
        plain = migrations.filter { $0.schema == nil }
        described = migrations.filter { $0.schema != nil }
    }

    /// Returns the migrations in order.
    /// - Throws: A `ConfigurationError` if two migrations follow the same one, or the one that a migration follows is missing.
    package func ordered() throws(ConfigurationError) -> [Migration] {
        let followers = Dictionary(grouping: described, by: \.parent)
        if let first = described.map(\.name).min(), let late = plain.first(where: { $0.name > first }) {
            throw ConfigurationError(
                "the migration \(late.name) has no schema.json, but earlier ones have: make it with `migrate make … --empty`")
        }
        var chain: [Migration] = [], parent: String?
        while let next = followers[parent] {
            guard next.count == 1, chain.count < described.count else { throw fork(next) }
            chain += next
            parent = next[0].identifier
        }
        let reached = Set(chain.map(\.name))
        if let lost = described.first(where: { !reached.contains($0.name) }) {
            throw ConfigurationError(
                "the migration \(lost.name) follows one that is missing or was changed: restore that one, or run `migrate merge`")
        }
        return plain + chain
    }

    /// The migrations that nothing follows: more than one if branches were joined.
    package var heads: [Migration] {
        let parents = Set(described.compactMap(\.parent))
        return described.filter { $0.identifier.map { !parents.contains($0) } ?? false }
    }

    private func fork(_ migrations: [Migration]) -> ConfigurationError {
        let names = migrations.map(\.name).sorted().joined(separator: " and ")
        return ConfigurationError("the migrations \(names) follow the same one: run `migrate merge`")
    }
}
