public struct ProtobufWriter: Sendable {
    var bytes: [UInt8] = []; func field(_ n: Int, _ v: some Schema) {}; func field(_ n: Int, bytes: [UInt8]) {};
    func write(_ p: ParameterScalar, as n: Int) {}
}
public struct ProtobufReader {
    mutating func nextField() throws(ProtobufError) -> Int? { nil }; mutating func skip() throws(ProtobufError) {}
}
struct ProtobufError: Error {}
enum Protobuf {
    static func encode(_ v: some Schema) -> [UInt8] { [] }
    static func decode<V: Schema>(from: [UInt8]) throws(DecodingFailure) -> V { throw .invalid([]) }
    static func decode<V: Schema>(field: Int, named: String, of: [UInt8]) throws(DecodingFailure) -> V { throw .invalid([]) }
}
extension Schema { func encode(to: inout ProtobufWriter) {} }
extension DecodingFailure { init(_ e: ProtobufError) { self = .invalid([]) } }
extension [UInt8] { func withProtobufReader(_ body: (inout ProtobufReader) throws(ProtobufError) -> Void) throws(ProtobufError) {} }
extension ParameterScalar {
    init(_ t: String, schema: JSONSchema) { self = .text(t) }; init(absent: JSONSchema) { self = .text("") }; var text: String { "" }
    init(from: inout ProtobufReader, schema: JSONSchema) throws(ProtobufError) { self = .text("") }
}
extension Route { func rawBody(from b: [UInt8]) throws -> RawBody { RawBody(bytes: b, contentType: "") } }
