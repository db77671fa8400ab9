extension DecodingFailure {
    /// The failure as a problem for the sender: 400 if the body cannot be read, or 422 with every fault if it violates its schema.
    public var problem: Problem {
        switch self {
        case .malformed(let error): Problem(.badRequest, "The body is not JSON: \(error.message) at byte \(error.offset).")
        case .malformedMessage(let error):
            Problem(.badRequest, "The body is not a Protocol Buffers message: \(error.message) at byte \(error.offset).")
        case .invalid(let faults): .invalid(faults)
        }
    }
}
