import Roost

/// The message with the arguments of a call, which `MessageArguments` writes.
struct ArgumentMessage: Sendable {
    /// The values of the parameters, in the order of the route; empty if they are metadata.
    private let parameters: [ParameterText]
    /// The values of the parameters that are lists, by their positions.
    private let lists: [Int: [ParameterText]]

    /// Reads the message.
    /// - Throws: A `Problem` with status 400 if it cannot be read.
    init(_ request: Request, of route: Route) throws(Problem) {
        guard !route.parameters.isEmpty, !route.streaming.contains(.request), case .bytes(let bytes) = request.body else {
            (parameters, lists) = ([], [:])
            return
        }
        do throws(DecodingFailure) {
            (parameters, lists) = try Self.parameters(of: route, in: bytes)
        } catch {
            throw error.problem
        }
    }

    /// Returns the value of a parameter as text.
    func text(of name: String, in location: Route.Location, _ route: Route, _ metadata: Headers) -> ParameterText {
        if route.streaming.contains(.request) {
            return metadata.combined(Self.metadataName(of: name, in: location)).map(ParameterText.init) ?? .absent
        }
        guard let index = route.parameters.firstIndex(where: { $0.name == name || $0.location == location && location.isHeader }),
            index < parameters.count
        else { return .absent }
        let parameter = route.parameters[index]
        if case .absent = parameters[index], parameter.isRequired { return .text(ParameterScalar(of: parameter.schema).absent) }
        return parameters[index]
    }

    /// Returns the values of a parameter that is a list, as texts.
    func list(of name: String, _ route: Route) -> [ParameterText] {
        route.parameters.firstIndex { $0.name == name }.flatMap { lists[$0] } ?? []
    }

    /// Returns the name under which a parameter is metadata beside a stream of messages.
    static func metadataName(of name: String, in location: Route.Location) -> String {
        if case .header(let field) = location { return field.lowercased() }
        return "param-" + name.lowercased()
    }

    private static func parameters(
        of route: Route, in message: [UInt8]
    ) throws(DecodingFailure) -> ([ParameterText], lists: [Int: [ParameterText]]) {
        var lists: [Int: [ParameterText]] = [:]
        var texts = [ParameterText](repeating: .absent, count: route.parameters.count)
        try message.withUnsafeBufferPointer { bytes throws(DecodingFailure) in
            var reader = ProtobufReader(bytes)
            while let field = try reader.nextField() {
                guard texts.indices.contains(field - 1) else {
                    try reader.skip()
                    continue
                }
                let parameter = route.parameters[field - 1], scalar = ParameterScalar(of: parameter.schema)
                guard !parameter.isList else {
                    try scalar.read(&lists[field - 1, default: []], from: &reader)
                    continue
                }
                let count = reader.faultCount
                let text = try scalar.read(from: &reader)
                if let text {
                    texts[field - 1] = .text(text)
                } else if reader.faultCount > count, let fault = reader.reported.last {
                    texts[field - 1] = .refused(rule: fault.rule, message: fault.message)
                }
            }
        }
        return (texts, lists)
    }
}

extension Route.Location {
    fileprivate var isHeader: Bool { if case .header = self { true } else { false } }
}
