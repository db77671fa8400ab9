import Roost
import RoostData
import RoostEvents
public import ServiceLifecycle

extension ServiceHost {
    /// Something that the service holds for as long as its process runs, such as a database or a pool of connections. It is opened at the
    /// first call with its key, and later calls get the same.
    ///
    /// ```swift
    /// let search = try await host.resource("search") {
    ///     try await SearchIndex.open()
    /// } close: {
    ///     await $0.close()
    /// }
    /// ```
    /// - Parameters:
    ///   - key: Names it among the service's resources.
    ///   - open: Opens it.
    ///   - close: Closes it, after everything that runs has stopped; what was opened last is closed first.
    /// - Throws: What `open` throws; a `ConfigurationError` if a resource of another type has the key.
    public func resource<Resource: Sendable>(
        _ key: String, open: @escaping @Sendable () async throws -> Resource, close: @escaping @Sendable (Resource) async -> Void = { _ in }
    ) async throws -> Resource {
        try await process.resource("\(service)/\(key)", open: open, close: close)
    }

    /// Runs something for as long as the service does, beside answering: a relay, a consumer, a queue.
    ///
    /// It begins once all services are put together, is run again after a pause if it fails, and is asked to stop once no more requests
    /// come. What throws a `ConfigurationError` ends the process.
    /// - Parameters:
    ///   - name: What the log calls it.
    ///   - service: What to run.
    public func run(_ name: String, _ service: any Service) async {
        await process.add(RestartingService(name: name, service: service, logger: logger), of: self.service)
    }

    /// Runs work that has no end for as long as the service does; see the other `run`.
    /// - Parameters:
    ///   - name: What the log calls it.
    ///   - body: The work, which is cancelled to stop it.
    public func run(_ name: String, _ body: @escaping @Sendable () async throws -> Void) async {
        await run(name, CancellableService(body: body))
    }

    /// Does something once everything that runs has stopped, before what was opened earlier is closed.
    public func whenStopped(_ hook: @escaping @Sendable () async -> Void) async { await process.closeAtEnd(hook) }

    /// The service's own database: `<SERVICE>_DATABASE_URL`, else a file in the data folder.
    ///
    /// It brings along the tables of the outbox and the inbox, and the relay that takes the events which its transactions publish to the bus.
    /// - Parameter migrations: What brings the service's own tables up to date, in order.
    /// - Throws: A `ConfigurationError` if the URL is wrong, or the migrations cannot be applied.
    public func database(migrations: [Migration] = []) async throws -> Database {
        process.faults.addDatabase(of: service)
        let all = migrations + Outbox.migrations + Inbox.migrations
        let database = try await resource("database") { [self] in
            let database = try await openDatabase(all)
            await run("event relay", Outbox(database, to: events, source: service))
            return database
        } close: {
            await $0.close()
        }
        return database
    }

    /// Passes every request of the service through middleware, and every call through interceptors: outermost first, inside those that
    /// were given before. A call comes over a wire or from another service of the process.
    public func use(_ middleware: [any Middleware] = [], interceptors: [any Interceptor] = []) {
        process.add(middleware, interceptors, to: service)
    }

    /// What was given to `use`.
    var layers: ServiceLayers { process.layers(of: service) }

    /// Handles events in the service's database, each with effect once.
    func handle(_ subscriptions: [Subscription]) async throws {
        var faults = EventConsumer.faults(of: subscriptions, group: service)
        let database = try await process.opened("\(service)/database", as: Database.self)
        if database == nil {
            faults.append("\(service) handles events and has no database for its inbox: call host.database(migrations:) in assemble(on:)")
        }
        process.faults.add(faults)
        guard let database, faults.isEmpty else { return }
        await run("event consumer", try EventConsumer(subscriptions, group: service, from: events, into: database))
    }
}
