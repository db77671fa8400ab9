import Roost

/// A public key in JSON (RFC 7517 §4). Other members are ignored.
public struct JSONWebKey: Hashable, Sendable {
    /// The key type, such as `EC`.
    public var kty: String
    /// The intended use, such as `sig`.
    public var use: String?
    /// The algorithm, such as `ES256`.
    public var alg: String?
    /// The key's identifier, which a token's header names.
    public var kid: String?
    /// The curve, such as `P-256` (RFC 7518 §6.2.1).
    public var crv: String?
    /// The x coordinate of the point on the curve, in base64url.
    public var x: String?
    /// The y coordinate of the point on the curve, in base64url.
    public var y: String?
}

/// The public keys of an issuer, as served at `/.well-known/jwks.json` (RFC 7517 §5).
public struct JSONWebKeySet: Hashable, Sendable {
    /// The keys.
    public var keys: [JSONWebKey]

    /// Creates a set of keys.
    public init(keys: [JSONWebKey]) { self.keys = keys }
}

extension JSONWebKey: Schema {
    /// The schema of the JSON and of the Protocol Buffers message.
    public static var schema: JSONSchema {
        .object(
            name: "JSONWebKey", description: "A public key (RFC 7517).",
            fields: {
                [
                    .init("kty", .string, description: "The key's type."),
                    .init("use", .string, isRequired: false, description: "What the key is for."),
                    .init("alg", .string, isRequired: false, description: "The algorithm."),
                    .init("kid", .string, isRequired: false, description: "The key's id."),
                    .init("crv", .string, isRequired: false, description: "The curve."),
                    .init("x", .string, isRequired: false, description: "The first coordinate."),
                    .init("y", .string, isRequired: false, description: "The second coordinate."),
                ]
            })
    }

    /// Decodes the value from JSON, ignoring unknown members, or notes what is wrong and returns `nil`.
    public static func decode(from json: inout JSONReader) throws(JSONError) -> JSONWebKey? {
        guard let start = try json.beginObject() else { return nil }
        var key = JSONWebKey(kty: "")
        while let name = try json.nextKey() {
            switch name {
            case "kty": key.kty = try String.decode(from: &json) ?? ""
            case "use": key.use = try String?.decode(from: &json) ?? nil
            case "alg": key.alg = try String?.decode(from: &json) ?? nil
            case "kid": key.kid = try String?.decode(from: &json) ?? nil
            case "crv": key.crv = try String?.decode(from: &json) ?? nil
            case "x": key.x = try String?.decode(from: &json) ?? nil
            case "y": key.y = try String?.decode(from: &json) ?? nil
            default: try json.skipValue()
            }
        }
        if key.kty.isEmpty { json.missing("kty", of: start) }
        return key
    }

    /// Writes the value as JSON, without the members that are `nil`.
    public func encode(to json: inout JSONWriter) {
        json.literal("{\"kty\":")
        json.string(kty)
        write(",\"use\":", use, to: &json)
        write(",\"alg\":", alg, to: &json)
        write(",\"kid\":", kid, to: &json)
        write(",\"crv\":", crv, to: &json)
        write(",\"x\":", x, to: &json)
        write(",\"y\":", y, to: &json)
        json.literal("}")
    }

    /// Decodes the value from a message, or notes what is wrong and returns `nil`.
    public static func decode(from message: inout ProtobufReader) throws(ProtobufError) -> JSONWebKey? {
        var fields: [Int: String] = [:]
        while let field = try message.nextField() {
            var text: String?
            try message.read(&text, "")
            fields[field] = text
        }
        guard let kty = fields[1], !kty.isEmpty else {
            message.fault("required", "is required", field: "kty")
            return nil
        }
        return JSONWebKey(kty: kty, use: fields[2], alg: fields[3], kid: fields[4], crv: fields[5], x: fields[6], y: fields[7])
    }

    /// Writes the value as a message.
    public func encode(to message: inout ProtobufWriter) {
        for (index, text) in [kty, use, alg, kid, crv, x, y].enumerated() { message.field(index + 1, text) }
    }

    private func write(_ name: StaticString, _ value: String?, to json: inout JSONWriter) {
        guard let value else { return }
        json.literal(name)
        json.string(value)
    }
}

extension JSONWebKeySet: Schema {
    /// The schema of the JSON and of the Protocol Buffers message.
    public static var schema: JSONSchema {
        .object(
            name: "JSONWebKeySet", description: "The keys that tokens may be signed with (RFC 7517).",
            fields: { [.init("keys", .array(of: JSONWebKey.schema))] })
    }

    /// Decodes the value from JSON, ignoring unknown members, or notes what is wrong and returns `nil`.
    public static func decode(from json: inout JSONReader) throws(JSONError) -> JSONWebKeySet? {
        guard let start = try json.beginObject() else { return nil }
        var keys: [JSONWebKey]?
        while let name = try json.nextKey() {
            if "keys" ~= name { keys = try [JSONWebKey].decode(from: &json) } else { try json.skipValue() }
        }
        guard let keys else {
            json.missing("keys", of: start)
            return nil
        }
        return JSONWebKeySet(keys: keys)
    }

    /// Writes the value as JSON, without the members that are `nil`.
    public func encode(to json: inout JSONWriter) {
        json.literal("{\"keys\":")
        keys.encode(to: &json)
        json.literal("}")
    }

    /// Decodes the value from a message, or notes what is wrong and returns `nil`.
    public static func decode(from message: inout ProtobufReader) throws(ProtobufError) -> JSONWebKeySet? {
        var keys: [JSONWebKey]? = []
        while let field = try message.nextField() {
            if field == 1 { try message.read(&keys, "keys") } else { try message.skip() }
        }
        return keys.map(JSONWebKeySet.init(keys:))
    }

    /// Writes the value as a message.
    public func encode(to message: inout ProtobufWriter) { message.field(1, keys) }
}
