import Roost
import RoostData
import RoostEvents
public import ServiceLifecycle

extension ServiceHost {
    /// Returns a resource that the service holds as long as its process runs, such as a database or a connection pool. The first call with
    /// a key opens it, and later calls return the same resource.
    ///
    /// ```swift
    /// let search = try await host.resource("search") {
    ///     try await SearchIndex.open()
    /// } close: {
    ///     await $0.close()
    /// }
    /// ```
    /// - Parameters:
    ///   - key: The name of the resource among those of the service.
    ///   - open: Opens the resource.
    ///   - close: Closes the resource, after everything that runs has stopped. The last resource opened is closed first.
    /// - Throws: The error of `open`; a `ConfigurationError` if a resource of another type has the key.
    public func resource<Resource: Sendable>(
        _ key: String, open: @escaping @Sendable () async throws -> Resource, close: @escaping @Sendable (Resource) async -> Void = { _ in }
    ) async throws -> Resource {
        try await process.resource("\(service)/\(key)", open: open, close: close)
    }

    /// Runs background work as long as the service runs: a relay, a consumer or a queue.
    ///
    /// It begins once all services are assembled, is restarted after a pause if it fails, and is asked to stop once no more requests
    /// arrive. A `ConfigurationError` ends the process.
    /// - Parameters:
    ///   - name: The name of the work in the log.
    ///   - service: The work.
    public func run(_ name: String, _ service: any Service) async {
        await process.add(RestartingService(name: name, service: service, logger: logger), of: self.service)
    }

    /// Runs endless work as long as the service runs; see the other `run`.
    /// - Parameters:
    ///   - name: The name of the work in the log.
    ///   - body: The work, which is cancelled to stop it.
    public func run(_ name: String, _ body: @escaping @Sendable () async throws -> Void) async {
        await run(name, CancellableService(body: body))
    }

    /// Adds an action to run when the process is asked to stop. The requests in progress are finished after that, so the action is the place
    /// to end those that wait for something, such as long polls.
    public func whenStopping(_ hook: @escaping @Sendable () async -> Void) async { await process.runAtStop(hook) }

    /// Adds an action to run once all background work has stopped, before resources that were opened earlier are closed.
    public func whenStopped(_ hook: @escaping @Sendable () async -> Void) async { await process.closeAtEnd(hook) }

    /// Opens the service's own database, at the URL in the setting `<SERVICE>_DATABASE_URL` or in a file of the data folder.
    ///
    /// The database has the tables that the service's `DatabaseDefinition` declares and those of the outbox and the inbox. A relay sends the
    /// events of its transactions to the bus. The setting `MIGRATE` says what to do if migrations have not been applied, and
    /// `SLOW_STATEMENT_MS` which statements are logged as slow.
    /// - Throws: A `ConfigurationError` if the URL is invalid, or the migrations cannot be applied or are missing.
    public func database() async throws -> Database {
        process.faults.addDatabase(of: service)
        let database = try await resource("database") { [self] in
            let database = try await openDatabase()
            await run("event relay", Outbox(database, to: events, source: service))
            return database
        } close: {
            await $0.close()
        }
        return database
    }

    /// Adds middleware for every request of the service, and interceptors for every call, whether it comes over a network or from another
    /// service in the process. The outermost is first; those that were added earlier are further out.
    public func use(_ middleware: [any Middleware] = [], interceptors: [any Interceptor] = []) {
        process.add(middleware, interceptors, to: service)
    }

    /// States that the service stores idempotency keys itself, in the transaction of what a call changes: it finds the key and a digest of
    /// the request in its `RequestContext` (see `IdempotencyKeyInterceptor`). Without this, the responses of routes that take such keys are
    /// kept in the store.
    public func keepIdempotencyKeys() { process.keepIdempotencyKeys(in: service) }

    /// The middleware and interceptors that were added with `use`.
    var layers: ServiceLayers { process.layers(of: service) }

    /// Handles the events that the service subscribes to in its database, each with effect once.
    func handle(_ subscriptions: [Subscription]) async throws {
        var faults = EventConsumer.faults(of: subscriptions, group: service)
        let database = try await process.opened("\(service)/database", as: Database.self)
        if database == nil {
            faults.append("\(service) handles events but has no database for its inbox: call host.database() in assemble(on:)")
        }
        process.faults.add(faults)
        guard let database, faults.isEmpty else { return }
        let consumer = try EventConsumer(subscriptions, group: service, from: events, into: database)
        let backlog = consumer.backlog, limit = try settings[.eventAgeLimit]
        process.add(readinessCheck: { backlog.reasonNotReady(beyond: .seconds(limit)) }, to: service)
        await run("event consumer", consumer)
    }
}
