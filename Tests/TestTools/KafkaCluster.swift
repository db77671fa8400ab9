import Foundation
import RoostTesting
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A mock of a Kafka cluster for tests, that of librdkafka: on free ports of the loopback address, in a process of its own, in memory. It ends when
/// nothing refers to it any more, or when the tests end, however that happens.
public final class KafkaCluster: Sendable {
    /// Requests of Kafka's protocol, by their numbers (https://kafka.apache.org/protocol#protocol_api_keys).
    public enum Request: Int, Sendable {
        case produce = 0
        case fetch = 1
        case metadata = 3
        case offsetCommit = 8
        case offsetFetch = 9
        case findCoordinator = 10
        case joinGroup = 11
        case heartbeat = 12
        case syncGroup = 14
        case initProducerID = 22
    }

    /// Errors of Kafka's protocol, by their numbers (https://kafka.apache.org/protocol#protocol_error_codes).
    public enum Fault: Int, Sendable {
        case none = 0
        case unknownTopic = 3
        case notLeader = 6
        case requestTimedOut = 7
        case messageTooLarge = 10
        case coordinatorLoading = 14
        case notCoordinator = 16
        case notEnoughReplicas = 19
        /// The commit of an offset is refused, and librdkafka does not send it again.
        case commitRefused = 28
        case topicRefused = 29
        case outOfOrder = 45
        case invalidRecord = 87
        /// The connection is cut, by librdkafka's own number.
        case cut = -195
    }

    /// The addresses of the brokers, with commas in between.
    public let servers: String
    private let process: TestProcess
    private let input: FileHandle
    private let folder: TemporaryFolder
    private let commands = Turns()
    private let prefixes = Atomic(0)

    /// Lets one command after the other wait for its answer.
    private actor Turns {
        private var last: Task<Void, Never>?

        func take<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value {
            let earlier = last
            let task = Task {
                await earlier?.value
                return try await body()
            }
            last = Task { _ = await task.result }
            return try await task.value
        }
    }

    /// The cluster that the tests of a process share, if they disturb nobody.
    public static var shared: KafkaCluster {
        get async throws { try await sharedTask.value }
    }

    private static let sharedTask = Task { try await start() }

    /// Starts a cluster.
    /// - Parameter brokers: The number of its brokers, which are counted from 1.
    public static func start(brokers: Int = 3) async throws -> KafkaCluster {
        let folder = try TemporaryFolder(), path = folder.url.appending(path: "commands").path
        guard mkfifo(path, 0o600) == 0 else { throw RawSocket.Failure(call: "mkfifo", code: errno) }
        // Open for reading too, so that this does not wait for the other end. The program's input ends with the last writer, which is this process.
        let descriptor = open(path, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { throw RawSocket.Failure(call: "open", code: errno) }
        let input = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        let program = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "kafka-mock-cluster").path
        let process = try await TestProcess.start("/bin/sh", ["-c", "exec \"$1\" \"$2\" < \"$3\"", "kafka", program, "\(brokers)", path])
        guard let servers = await process.line() else { throw TestProcess.Failure(executable: program, reason: process.text) }
        return KafkaCluster(servers, process, input, folder)
    }

    private init(_ servers: String, _ process: TestProcess, _ input: FileHandle, _ folder: TemporaryFolder) {
        (self.servers, self.process, self.input, self.folder) = (servers, process, input, folder)
    }

    /// Returns a URL with a prefix that no other test uses.
    public func url(_ options: String = "") -> String { "kafka://\(servers)?prefix=\(prefix())\(options)" }

    /// Returns a prefix that no other test uses.
    public func prefix() -> String { "t\(prefixes.add(1, ordering: .relaxed).newValue)" }

    /// Gives the cluster a command of `kafka-mock-cluster`, and waits until it is carried out.
    public func command(_ words: String...) async throws {
        let line = words.joined(separator: " ")
        let answer = try await commands.take { [self] in
            try input.write(contentsOf: Data("\(line)\n".utf8))
            return await process.line()
        }
        guard answer == "ok" else {
            throw TestProcess.Failure(executable: "kafka-mock-cluster", reason: "\(line): \(answer ?? "it ended")")
        }
    }

    /// Makes the cluster answer the next requests of a kind with errors, in this order.
    public func fail(_ request: Request, _ faults: Fault...) async throws {
        let codes = faults.map { "\($0.rawValue)" }.joined(separator: " ")
        try await command("error", "\(request.rawValue)", codes)
    }

    /// Makes a broker answer the next request of a kind after some milliseconds.
    public func delay(_ request: Request, by milliseconds: Int, at broker: Int, _ fault: Fault = .none) async throws {
        try await command("late", "\(broker)", "\(request.rawValue)", "\(fault.rawValue)", "\(milliseconds)")
    }

    /// Stops a broker: its connections are cut, and it accepts none.
    public func stop(_ broker: Int) async throws { try await command("down", "\(broker)") }

    /// Lets a broker that was stopped accept connections again.
    public func resume(_ broker: Int) async throws { try await command("up", "\(broker)") }

    /// Makes another broker the leader of a partition.
    public func lead(_ topic: String, _ partition: Int, by broker: Int) async throws {
        try await command("leader", topic, "\(partition)", "\(broker)")
    }

    /// Makes another broker the coordinator of a group.
    public func coordinate(_ group: String, by broker: Int) async throws { try await command("coordinator", group, "\(broker)") }

    /// Creates a topic.
    public func create(_ topic: String, partitions: Int) async throws { try await command("topic", topic, "\(partitions)") }

    /// Makes every request for a topic fail.
    public func refuse(_ topic: String, _ fault: Fault) async throws { try await command("topic-error", topic, "\(fault.rawValue)") }
}
