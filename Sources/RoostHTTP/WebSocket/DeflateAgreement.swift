import Roost

/// The negotiation of permessage-deflate (RFC 7692 §7.1). Neither side keeps a context from one message to the next, which costs some
/// compression and saves about 300 KB per socket.
struct DeflateAgreement: Hashable {
    static let name = "permessage-deflate"
    private static let withoutContext = "server_no_context_takeover; client_no_context_takeover"

    /// The base-two logarithm of the window size that this side compresses with.
    let windowBits: Int32
    /// The value of `sec-websocket-extensions` in the server's response.
    let answer: String

    /// The value of `sec-websocket-extensions` in a client's request.
    static let offer = "\(name); \(withoutContext)"

    /// Creates the server's side from the first offer of a client that it supports, or `nil` if there is none.
    /// - Parameter values: The values of `sec-websocket-extensions`.
    init?(offers values: [String]) {
        let offers = values.flatMap { $0.split(separator: ",") }
        guard let agreement = offers.lazy.compactMap({ Self(offer: String($0)) }).first else { return nil }
        self = agreement
    }

    /// Creates the client's side from the response of a server, or `nil` if the server chose no compression.
    /// - Throws: A `Problem` with status 502 if the server chose something that was not offered, or would keep a context.
    init?(answer values: [String]) throws(Problem) {
        guard !values.isEmpty else { return nil }
        let extensions = values.flatMap { $0.split(separator: ",") }.map { Self.parameters(String($0)) }
        guard extensions.count == 1, let parameters = extensions[0], parameters["server_no_context_takeover"] != nil,
            parameters["client_max_window_bits"] == nil
        else { throw Problem(.badGateway, "The server chose an extension that was not offered.") }
        self.init(windowBits: 15, answer: "")
    }

    private init(windowBits: Int32, answer: String) {
        self.windowBits = windowBits
        self.answer = answer
    }

    private init?(offer: String) {
        guard let parameters = Self.parameters(offer) else { return nil }
        guard let limit = parameters["server_max_window_bits"] else {
            self.init(windowBits: 15, answer: Self.offer)
            return
        }
        // zlib does not support raw streams with a window of 8 bits.
        guard let bits = Int32(limit), (9...15).contains(bits) else { return nil }
        self.init(windowBits: bits, answer: Self.offer + "; server_max_window_bits=\(bits)")
    }

    /// - Returns: `nil` if this is another extension, or a parameter is repeated, unknown or has an invalid value (§7.1).
    private static func parameters(_ text: String) -> [String: String]? {
        let parts = text.split(separator: ";", omittingEmptySubsequences: false).map { $0.filter { $0 != " " && $0 != "\t" } }
        guard parts[0].lowercased() == name else { return nil }
        var parameters: [String: String] = [:]
        for part in parts.dropFirst() {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let value = pair.count == 2 ? pair[1].filter { $0 != "\"" } : ""
            guard isValid(pair[0].lowercased(), value, pair.count == 2) else { return nil }
            guard parameters.updateValue(value, forKey: pair[0].lowercased()) == nil else { return nil }
        }
        return parameters
    }

    private static func isValid(_ parameter: String, _ value: String, _ hasValue: Bool) -> Bool {
        let isWindow = Int(value).map { (8...15).contains($0) } ?? false
        return switch parameter {
        case "server_no_context_takeover", "client_no_context_takeover": !hasValue
        case "server_max_window_bits": isWindow
        case "client_max_window_bits": !hasValue || isWindow
        default: false
        }
    }
}
