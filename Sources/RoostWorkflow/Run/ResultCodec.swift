import Roost

/// Writes and reads the result of a step.
struct ResultCodec<Value: Sendable>: Sendable {
    let encode: @Sendable (Value) -> String
    let decode: @Sendable (String) throws -> Value
}

extension ResultCodec where Value: Schema {
    static var schema: ResultCodec {
        ResultCodec(encode: { JSON.text($0) }, decode: { try JSON.decode(Value.self, from: Array($0.utf8)) })
    }
}

extension ResultCodec<Void> {
    static var nothing: ResultCodec { ResultCodec(encode: { "null" }, decode: { _ in }) }
}
