import Roost

extension EventEnvelope {
    /// Reads the event, if necessary from an earlier version of its data.
    /// - Throws: A `Problem` with status 422 if the version is unknown, or the data is not valid.
    public func event<E: Event>(as type: E.Type = E.self) throws(Problem) -> E {
        do {
            if version == E.version { return try JSON.decode(E.self, from: data) }
            if let earlier = E.earlier.first(where: { $0.version == version }) { return try earlier.event(from: data) }
        } catch {
            let reason = (error as? DecodingFailure)?.message ?? "\(error)"
            throw Problem(
                .unprocessable, "The event is not a valid \(E.self) of version \(version): \(reason)", code: .unreadableEvent, cause: error)
        }
        let known = "\(E.self) can be read in the versions \((E.earlier.map(\.version) + [E.version]).sorted())"
        let advice =
            version > E.version
            ? "deploy a program that knows this version, and then replay the event"
            : "declare this version in `earlier`, and then replay the event"
        throw Problem(.unprocessable, "The event has version \(version), but \(known): \(advice).", code: .unknownEventVersion)
    }
}

extension Problem.Code {
    /// No further attempt makes the event readable.
    static let unreadableEvent = Problem.Code(rawValue: "unreadable_event")
    /// The event has a version that the program does not know.
    public static let unknownEventVersion = Problem.Code(rawValue: "unknown_event_version")
}
