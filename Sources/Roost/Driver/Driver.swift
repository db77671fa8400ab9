/// Opens databases, stores and other resources by the schemes of their URLs. A program links only the drivers that it lists.
///
/// ```swift
/// ServiceSystem("shop", drivers: [.sqlite]) { … }
/// ```
///
/// One driver can open resources of several types. A module offers its own as a static member:
///
/// ```swift
/// extension Driver {
///     public static let redis = Driver("redis", "rediss", form: "redis://HOST:PORT/NUMBER")
///         .opening((any Store).self) { url in try await RedisStore.open(url) }
/// }
/// ```
public struct Driver: Sendable {
    /// The schemes of the URLs that the driver opens, in lowercase.
    public let schemes: [String]
    /// The form of a URL, for messages, such as `sqlite:PATH`. It follows the words "it must be".
    public let form: String
    private let isValid: @Sendable (ResourceURL) -> Bool
    fileprivate let embedded: (@Sendable (_ folder: String, _ name: String) -> String)?
    fileprivate private(set) var openers: [ObjectIdentifier: @Sendable (ResourceURL) async throws -> any Sendable] = [:]

    /// Creates a driver that does not open any type yet.
    /// - Parameters:
    ///   - schemes: The schemes of its URLs, in lowercase.
    ///   - form: The form of a URL, for messages.
    ///   - embedded: Returns the URL of a resource that needs no server, from the system's data folder and the resource's name. It is the
    ///     default if no URL is given. `nil` if the driver always needs a server.
    ///   - isValid: Returns whether the text of a URL is valid.
    public init(
        _ schemes: String..., form: String, embedded: (@Sendable (_ folder: String, _ name: String) -> String)? = nil,
        isValid: @escaping @Sendable (ResourceURL) -> Bool = { _ in true }
    ) {
        self.schemes = schemes
        self.form = form
        self.embedded = embedded
        self.isValid = isValid
    }

    /// Returns a driver that opens one more type of resource.
    /// - Parameters:
    ///   - type: The type, such as `Database.self` or `(any Store).self`.
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
    /// Opens a resource with the driver for the scheme of its URL.
    /// - Throws: A `ConfigurationError` if no listed driver opens the URL as this type; the error of the driver.
    public func open<Resource: Sendable>(_ url: ResourceURL, as type: Resource.Type) async throws -> Resource {
        guard let driver = first(where: { $0.opens(type) && $0.takes(url) }),
            let resource = try await driver.openers[ObjectIdentifier(type)]?(url) as? Resource
        else { throw url.error(forms(of: type)) }
        return resource
    }

    /// Returns whether one of the drivers opens such a URL as this type. Only the text of the URL is checked.
    public func takes(_ url: ResourceURL, as type: Any.Type) -> Bool { contains { $0.opens(type) && $0.takes(url) } }

    /// Returns the allowed forms of the URL of a resource of this type, for messages: those of all drivers that open the type.
    public func forms(of type: Any.Type) -> String {
        let forms = filter { $0.opens(type) }.map(\.form)
        return forms.isEmpty ? "left out, because the program lists no driver for it" : forms.joined(separator: "; or ")
    }

    /// Returns the URL of a resource that needs no server, from the first driver that has one, or `nil` if there is none.
    /// - Parameters:
    ///   - folder: The system's data folder.
    ///   - name: The resource's name.
    ///   - type: The resource's type.
    public func embedded(in folder: String, named name: String, as type: Any.Type) -> String? {
        lazy.compactMap { driver in driver.opens(type) ? driver.embedded?(folder, name) : nil }.first
    }
}
