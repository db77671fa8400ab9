import Roost

/// Who calls, as a service shows itself to others of its system.
public struct ServiceIdentity: Sendable {
    /// The calling service's name.
    public let name: String
    /// What proves to the callee that a service of the same system calls.
    public let key: String?
    /// What proves that the gateway of the same system passes the call on, for anyone: it says for whom, and is no service itself.
    public let gatewayKey: String?

    public init(name: String, key: String? = nil, gatewayKey: String? = nil) {
        self.name = name
        self.key = key
        self.gatewayKey = gatewayKey
    }
}

extension ServiceIdentity: CustomStringConvertible, CustomReflectable {
    /// The name, without the key.
    public var description: String { "ServiceIdentity(\(name))" }
    public var customMirror: Mirror { Mirror(self, children: ["name": name]) }
}

extension Headers {
    /// Adds what a call carries of the context of the call that makes it: the request's id, the trace, on whose behalf, and from where.
    /// What is left of the deadline each wire writes in its own way.
    public mutating func add(_ context: RequestContext, from identity: ServiceIdentity) {
        self["x-request-id"] = context.requestID
        addTrace(of: context)
        if let authorization = context.authorization, self["authorization"] == nil { self["authorization"] = authorization }
        if let key = identity.key {
            self["x-service-key"] = key
            self["x-service-name"] = identity.name
        }
        // Who has no key is not believed.
        if let address = context.clientAddress, identity.key != nil || identity.gatewayKey != nil {
            self["x-forwarded-for"] = address
            self["x-gateway-key"] = identity.gatewayKey
        }
    }
}
