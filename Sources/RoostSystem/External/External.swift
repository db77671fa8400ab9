public import Roost
public import RoostGateway

/// A program in another language in a system's declaration.
///
/// ```swift
/// ServiceSystem("shop", drivers: [.sqlite]) {
///     Gateway(port: 8000)
///     CatalogService()
///     External(
///         "recommendations", RecommendationsAPIContract.self, command: "services/recommendations/run", subscribes: [OrderEnded.self])
/// }
/// ```
///
/// The supervisor starts the command with the environment of the system's own processes, and with `HOST` and `PORT`, where it must listen. When it
/// does, it writes the line in `READY_LINE` to its standard output. It stops at SIGTERM and when its standard input ends, and ends with 78 for a
/// configuration that no restart can mend. The gateway passes on its public routes, and other services call it with `host.client(for:)`.
public struct External: ServiceDefinition {
    /// The protocol in which a program is called.
    public enum CallProtocol: Sendable {
        /// REST over HTTP/1.1.
        case rest
        /// gRPC.
        case grpc
    }

    /// The program's name, which is also that of its group if it handles events.
    public let name: String
    /// The contracts that it serves.
    public let contracts: [any Contract.Type]
    /// The events that it publishes.
    public let publishes: [any Event.Type]
    /// The events that it handles.
    public let subscribes: [any Event.Type]
    /// The fallbacks that answer its calls through the gateway while it is down.
    let fallbacks: [Fallback]
    let callProtocol: CallProtocol
    let command: String
    let arguments: [String]
    let environment: [String: String]
    let isRequired: Bool

    /// Creates an entry of a system's declaration.
    /// - Parameters:
    ///   - name: Lowercase letters, digits and `-`.
    ///   - contracts: The contracts that it serves.
    ///   - command: The path of the executable, relative to the working folder.
    ///   - arguments: Its arguments.
    ///   - environment: Variables for it alone. The variables that the system sets take precedence.
    ///   - publishes: The events that it publishes.
    ///   - subscribes: The events that it handles, as members of the group of its name.
    ///   - callProtocol: The protocol in which it is called.
    ///   - isRequired: Whether the system is not ready before it is, and does not start if it cannot.
    ///   - fallbacks: Answer its calls through the gateway while it is down; without one, the response is 503.
    public init(
        _ name: String, _ contracts: any Contract.Type..., command: String, arguments: [String] = [], environment: [String: String] = [:],
        publishes: [any Event.Type] = [], subscribes: [any Event.Type] = [], callProtocol: CallProtocol = .rest, isRequired: Bool = false,
        fallbacks: [Fallback] = []
    ) {
        self.name = name
        self.contracts = contracts
        self.command = command
        self.arguments = arguments
        self.environment = environment
        self.publishes = publishes
        self.subscribes = subscribes
        self.callProtocol = callProtocol
        self.isRequired = isRequired
        self.fallbacks = fallbacks
    }

    /// Throws an error, because a program in another language cannot run in this process.
    public func assemble(on host: ServiceHost) async throws -> EndpointGroup { throw hosting }

    /// The fault of asking this program to run it.
    var hosting: ConfigurationError {
        ConfigurationError("\(name) is a program of its own, which cannot be hosted here: run \(commandLine) instead")
    }

    /// The command with its arguments, for people.
    var commandLine: String { ([command] + arguments).joined(separator: " ") }

    /// The faults of the declaration, one line each.
    var faults: [String] {
        let served = Set(contracts.map { $0.description.name })
        return (command.isEmpty ? ["\(name) is declared without a command: name the executable that runs it"] : [])
            + fallbacks.map(\.contract).filter { !served.contains($0) }.map {
                "\(name) has a fallback for the contract \($0), which it does not serve: add the contract, or remove the fallback"
            }
    }
}
