/// Opens resources by the schemes of their URLs: the part of a database, a cache or a broker that a program links by listing it.
///
/// ```swift
/// System("shop", drivers: [.sqlite]) { … }
/// ```
///
/// One driver can open resources of several types. A module offers its own as a static member:
///
/// ```swift
/// extension Driver {
///     public static let redis = Driver("redis", "rediss", form: "redis://HOST:PORT/NUMBER")
///         .opening((any KeyValueStore).self) { url in try await RedisStore.open(url) }
/// }
/// ```
public struct Driver: Sendable {
    /// The schemes that the driver knows, in lower case.
    public let schemes: [String]
    /// What a URL must be, for a person, such as `sqlite:PATH`. It reads on from "it must be".
    public let form: String
    private let isValid: @Sendable (ResourceURL) -> Bool
    fileprivate let embedded: (@Sendable (_ folder: String, _ name: String) -> String)?
    fileprivate private(set) var openers: [ObjectIdentifier: @Sendable (ResourceURL) async throws -> any Sendable] = [:]

    /// Creates a driver that opens nothing yet.
    /// - Parameters:
    ///   - schemes: The schemes of its URLs, in lower case.
    ///   - form: What a URL must be, for a person.
    ///   - embedded: The URL of a resource that needs no server, given the system's data folder and the resource's name. It is used if
    ///     none is given. `nil` if there is no such resource.
    ///   - isValid: Returns whether a URL can be opened, as far as its text tells.
    public init(
        _ schemes: String..., form: String, embedded: (@Sendable (_ folder: String, _ name: String) -> String)? = nil,
        isValid: @escaping @Sendable (ResourceURL) -> Bool = { _ in true }
    ) {
        self.schemes = schemes
        self.form = form
        self.embedded = embedded
        self.isValid = isValid
    }

    /// Returns the driver with one more type of resource that it opens.
    /// - Parameters:
    ///   - type: The type, such as `Database.self` or `(any KeyValueStore).self`.
    ///   - open: Opens a resource. It throws a `ConfigurationError` if the URL cannot be used.
    public func opening<Resource: Sendable>(
        _ type: Resource.Type, by open: @escaping @Sendable (ResourceURL) async throws -> Resource
    ) -> Driver {
        var driver = self
        driver.openers[ObjectIdentifier(type)] = open
        return driver
    }

    fileprivate func opens(_ type: Any.Type) -> Bool { openers[ObjectIdentifier(type)] != nil }

    fileprivate func takes(_ url: ResourceURL) -> Bool { schemes.contains(url.scheme) && isValid(url) }
}

extension [Driver] {
    /// Opens a resource with the driver that knows the scheme of its URL.
    /// - Throws: A `ConfigurationError` if no listed driver opens such a URL as this type; what the driver throws.
    public func open<Resource: Sendable>(_ url: ResourceURL, as type: Resource.Type) async throws -> Resource {
        guard let driver = first(where: { $0.opens(type) && $0.takes(url) }),
            let resource = try await driver.openers[ObjectIdentifier(type)]?(url) as? Resource
        else { throw url.error(forms(of: type)) }
        return resource
    }

    /// Returns whether one of the drivers opens a URL as this type, as far as its text tells.
    public func takes(_ url: ResourceURL, as type: Any.Type) -> Bool { contains { $0.opens(type) && $0.takes(url) } }

    /// Returns what the URL of a resource of this type must be, for a person: the forms of all drivers that open it.
    public func forms(of type: Any.Type) -> String {
        let forms = filter { $0.opens(type) }.map(\.form)
        return forms.isEmpty ? "left out: the program lists no driver for it" : forms.joined(separator: "; or ")
    }

    /// Returns the URL of a resource that needs no server: that of the first driver which has one.
    /// - Parameters:
    ///   - folder: The system's data folder.
    ///   - name: The resource's name.
    ///   - type: The resource's type.
    public func embedded(in folder: String, named name: String, as type: Any.Type) -> String? {
        lazy.compactMap { driver in driver.opens(type) ? driver.embedded?(folder, name) : nil }.first
    }
}
