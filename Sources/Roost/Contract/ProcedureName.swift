/// The name of an operation in gRPC. The operation `orders.place` is the method `Place` of the service `orders.Orders`: the contract's name
/// is the package, and the names of services and methods are capitalized, following the style of Protocol Buffers.
public struct ProcedureName: Hashable, Sendable {
    /// The package, which also contains the service's messages: `orders`, or `order_desk` for `order-desk`.
    public let package: String
    /// The service's name within the package: `Orders`.
    public let service: String
    /// The method's name: `Place`.
    public let method: String

    /// Creates the name of an operation.
    /// - Parameter operation: The contract's name and the function's, separated by a dot.
    public init(operation: String) {
        let parts = operation.split(separator: ".", maxSplits: 1)
        let contract = parts.first.map(String.init) ?? ""
        package = String(contract.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" }).lowercased()
        service = contract.split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }.map(Self.capitalized).joined()
        method = parts.count > 1 ? Self.capitalized(parts[1]) : ""
    }

    /// The path of a call (gRPC over HTTP2, "Requests").
    public var path: String { "/\(package).\(service)/\(method)" }

    private static func capitalized(_ word: Substring) -> String { word.prefix(1).uppercased() + word.dropFirst() }
}
