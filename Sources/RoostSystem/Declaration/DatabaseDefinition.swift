public import Foundation
import Roost
public import RoostData
import RoostEvents

/// The database of a service: its models, and the migrations that make their tables. They are available without starting the service, so
/// that the command `migrate` finds them.
///
/// ```swift
/// let database = DatabaseDefinition(.module, models: [ProductRow.self])
/// ```
public struct DatabaseDefinition: Sendable {
    /// The models whose tables the migrations make; views are not among them.
    public let models: [any Model.Type]
    /// The migrations that run before the service's own: those of tables of the toolkit that it uses.
    let earlier: [Migration]
    private let listed: [Migration]
    private let resources: URL?
    private let source: String

    /// Creates the definition of a database whose migrations are in the folder `migrations` beside the calling file.
    ///
    /// The target declares the folder in its manifest with `resources: [.copy("migrations")]`.
    /// - Parameters:
    ///   - bundle: The target's bundle: `.module`.
    ///   - models: The models whose tables the migrations make.
    ///   - earlier: The migrations of tables of the toolkit, such as `WorkTables.migrations`, which run before those in the folder.
    ///   - file: The file beside which the folder is in the source.
    public init(_ bundle: Bundle, models: [any Model.Type] = [], after earlier: [Migration] = [], file: String = #filePath) {
        self.models = models
        self.earlier = earlier
        listed = []
        resources = bundle.bundleURL.appending(path: "migrations")
        source = file
    }

    /// Creates the definition of a database whose migrations are listed in the code.
    /// - Parameters:
    ///   - migrations: The migrations of the service's own tables, in order; by default, the service has no tables of its own.
    ///   - models: The models whose tables the migrations make.
    public init(migrations: [Migration] = [], models: [any Model.Type] = []) {
        self.models = models
        earlier = []
        listed = migrations
        resources = nil
        source = ""
    }

    /// The migrations of the service, in order: those of the toolkit's tables that it uses, and its own.
    /// - Throws: A `ConfigurationError` if the folder cannot be read or contains anything else.
    public var migrations: [Migration] {
        get throws(ConfigurationError) { earlier + (try own) }
    }

    /// The migrations of the service's own tables.
    var own: [Migration] {
        get throws(ConfigurationError) {
            guard let resources else { return listed }
            return try Migration.load(from: resources)
        }
    }

    /// All migrations of the service's database, with the tables of its outbox and its inbox.
    var all: [Migration] {
        get throws(ConfigurationError) { try migrations + Outbox.migrations + Inbox.migrations }
    }

    /// Whether the service has tables of its own.
    var isDeclared: Bool { resources != nil || !listed.isEmpty || !earlier.isEmpty }

    /// The folder of the migrations in the source; `nil` if they are listed in the code.
    var folder: URL? {
        resources == nil ? nil : URL(filePath: source).deletingLastPathComponent().appending(path: "migrations")
    }
}
