/// An operation's name as gRPC knows it. The operation `orders.place` is the method `Place` of the service `orders.Orders`:
/// the contract's name is the package, and, as Protocol Buffers' style has it, the service and its methods begin with a capital.
public struct ProcedureName: Hashable, Sendable {
    /// The package and what a service's messages are found in: `orders`; of `order-desk`, `order_desk`.
    public let package: String
    /// The service's name in the package: `Orders`.
    public let service: String
    /// The method's name: `Place`.
    public let method: String

    /// - Parameter operation: a contract's name and its function's, with a dot between.
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
