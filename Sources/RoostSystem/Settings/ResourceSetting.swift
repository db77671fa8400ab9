import Roost
import RoostData
import RoostEvents
import RoostStore

/// A setting with the URL of a resource that one of the system's drivers opens.
struct ResourceSetting<Resource: Sendable>: Sendable {
    let key: String
    /// The name of the resource if it is kept in the data folder.
    private let name: String
    private let purpose: String
    /// The setting that applies to all such resources of a system.
    private var general: SharedURLSetting?

    /// Returns the declaration of the setting.
    /// - Parameter drivers: The drivers of the system.
    func declaration(among drivers: [Driver]) -> Setting<ResourceURL?> {
        let key = key
        return Setting(
            key, allowed: drivers.forms(of: Resource.self), described: general.map { "that of \($0.key)" } ?? "\(name).db in DATA_DIR",
            purpose: purpose
        ) { text in
            let url = ResourceURL(text, key: key)
            return drivers.takes(url, as: Resource.self) ? url : nil
        }
    }

    /// Opens the resource of the setting, or a resource in the data folder if it is not set.
    /// - Parameter prepare: Prepares the resource before anything else uses it.
    /// - Throws: A `ConfigurationError` if the resource cannot be used, or no driver of the system opens it.
    func open(
        _ settings: Settings, in folder: String, with drivers: [Driver], prepare: (Resource) async throws -> Void = { _ in }
    ) async throws -> Resource {
        let given = try settings[declaration(among: drivers)] ?? general?.url(for: name, in: settings, among: drivers, as: Resource.self)
        let local = drivers.embedded(in: folder, named: name, as: Resource.self).map { ResourceURL($0, key: key) }
        guard let url = given ?? local else {
            throw ConfigurationError(
                missing: key,
                because:
                    "no driver of the system has a default for it. The driver .sqlite of RoostSQLite has one: ServiceSystem(…, drivers: [.sqlite])"
            )
        }
        return try await naming(url) {
            let resource = try await drivers.open(url, as: Resource.self)
            try await prepare(resource)
            return resource
        }
    }
}

/// Runs a function that uses a resource, and names the resource's setting in its errors.
/// - Throws: A `ConfigurationError` if the migrations cannot be applied or the file cannot be used; the error of `body`.
private func naming<Result>(_ url: ResourceURL, _ body: () async throws -> Result) async throws -> Result {
    do {
        return try await body()
    } catch let error as DatabaseError where error.code == .migration {
        throw ConfigurationError("\(url) cannot be brought up to date: \(error.message)")
    } catch let error as DatabaseError where error.code == .file {
        throw url.error("a database that can be used (\(error.message))")
    }
}

extension ResourceSetting<any Store> {
    /// `STORE_URL`, the store.
    static var store: Self { Self(key: "STORE_URL", name: "store", purpose: "The store of all services, each of which has a part of it.") }
}

extension ResourceSetting<any EventBus> {
    /// `EVENTS_URL`, the event bus.
    static var events: Self { Self(key: "EVENTS_URL", name: "events", purpose: "The event bus that all services share.") }
}

extension ResourceSetting<Database> {
    /// `<SERVICE>_DATABASE_URL`, a service's own database.
    static func database(of service: String) -> Self {
        let key = service.uppercased().replacing("-", with: "_") + "_DATABASE_URL"
        return Self(key: key, name: service, purpose: "The database of \(service), if it has one.", general: .databases)
    }
}

/// A setting with the URL of a resource that each service has of its own, in which `{service}` stands for the service's name.
struct SharedURLSetting: Sendable {
    let key: String
    private let purpose: String
    private static let placeholder = "{service}"

    /// `DATABASE_URL`, the databases of all services.
    static let databases = SharedURLSetting(
        key: "DATABASE_URL", purpose: "The database of each service that has no URL of its own; {service} stands for the service's name.")

    /// Returns the declaration of the setting.
    /// - Parameters:
    ///   - drivers: The drivers of the system.
    ///   - type: The type of the resource.
    ///   - isShared: Whether several services have such a resource. Then the URL must tell them apart, because each has tables of its own.
    func declaration(among drivers: [Driver], as type: Any.Type, isShared: Bool) -> Setting<ResourceURL?> {
        let key = key, allowed = drivers.forms(of: type)
        return Setting(
            key, allowed: isShared ? "a URL with {service} in it, which stands for the service's name: \(allowed)" : allowed,
            described: "a file for each service in DATA_DIR", purpose: purpose
        ) { text in
            let url = ResourceURL(text, key: key)
            guard !isShared || text.contains(Self.placeholder) else { return nil }
            return drivers.takes(url.naming(Self.placeholder, "service"), as: type) ? url : nil
        }
    }

    /// Returns the URL for a service, or `nil` if the setting is not given.
    func url(for service: String, in settings: Settings, among drivers: [Driver], as type: Any.Type) throws -> ResourceURL? {
        try settings[declaration(among: drivers, as: type, isShared: false)]?.naming(Self.placeholder, service)
    }
}

extension ResourceURL {
    /// The URL with a placeholder replaced.
    fileprivate func naming(_ placeholder: String, _ name: String) -> ResourceURL {
        ResourceURL(text.replacing(placeholder, with: name), key: key)
    }
}
