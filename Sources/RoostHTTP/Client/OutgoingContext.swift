import Roost

/// The identity of a service towards other services of its system.
public struct ServiceIdentity: Sendable {
    /// The calling service's name.
    public let name: String
    /// The service key, which proves that a service of the system calls.
    public let key: String?
    /// The service key, if the gateway passes on a call from outside: the gateway reports the client, but does not call as a service.
    public let gatewayKey: String?

    /// Creates an identity.
    /// - Parameters:
    ///   - name: The calling service's name.
    ///   - key: The service key, if the caller is a service.
    ///   - gatewayKey: The service key, if the caller is the gateway.
    public init(name: String, key: String? = nil, gatewayKey: String? = nil) {
        self.name = name
        self.key = key
        self.gatewayKey = gatewayKey
    }

    /// The name, if there is a key that proves it.
    package var serviceName: String? { key == nil ? nil : name }
}

extension ServiceIdentity: CustomStringConvertible, CustomReflectable {
    /// The name, without the key.
    public var description: String { "ServiceIdentity(\(name))" }
    /// A mirror that shows the name alone, so that dumping the identity reveals no key.
    public var customMirror: Mirror { Mirror(self, children: ["name": name]) }
}

extension Headers {
    /// Adds the context of the calling call: the request identifier, the trace, the principal and the client's address. Each protocol
    /// writes the remaining time in its own way.
    public mutating func add(_ context: RequestContext, from identity: ServiceIdentity) {
        self["x-request-id"] = context.requestID
        addTrace(of: context)
        if let authorization = context.authorization, self["authorization"] == nil {
            self["authorization"] = authorization
            self["x-principal"] = context.signedPrincipal
        }
        if let key = identity.key {
            self["x-service-key"] = key
            self["x-service-name"] = identity.name
        }
        // Without a key, the address would not be trusted.
        if let address = context.clientAddress, identity.key != nil || identity.gatewayKey != nil {
            self["x-forwarded-for"] = address
            self["x-gateway-key"] = identity.gatewayKey
        }
    }
}
