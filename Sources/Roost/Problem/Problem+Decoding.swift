extension DecodingFailure {
    /// The failure as the sender of the body is told: 400 where it cannot be read, 422 with every fault where it breaks its schema.
    public var problem: Problem {
        switch self {
        case .malformed(let error): Problem(.badRequest, "The body is not JSON: \(error.message) at byte \(error.offset).")
        case .malformedMessage(let error):
            Problem(.badRequest, "The body is no message of Protocol Buffers: \(error.message) at byte \(error.offset).")
        case .invalid(let faults): .invalid(faults)
        }
    }
}
