import Foundation
import NIOCore
import NIOPosix
import Roost
import RoostEvents
import TestTools
import Testing

@testable import RoostRabbitMQ

/// What the tests that need a server share.
enum RabbitMQTesting {
    static let topic = "polls.voted", group = "polls"

    static func event(_ number: Int, key: String = "a") -> EventEnvelope {
        EventEnvelope(id: "\(number)", source: "test", topic: topic, key: key, data: Array("{\"number\":\(number)}".utf8))
    }

    /// Opens a bus that keeps the events of the group.
    static func open(_ url: String) async throws -> RabbitMQEventBus {
        try await patiently {
            let bus = try await RabbitMQEventBus.open(url)
            do { try await bus.declare([GroupMembership(group, topics: [topic])]) } catch {
                await bus.close()
                throw error
            }
            return bus
        }
    }

    static func join(_ bus: RabbitMQEventBus, capacity: Int = 256) async throws -> RabbitMQMember {
        let membership = GroupMembership(group, topics: [topic], capacity: capacity)
        return try #require(try await patiently { try await bus.join(membership) } as? RabbitMQMember)
    }

    /// Tries again if something fails, as services do. A server that other tests keep busy may answer too late.
    static func patiently<Value>(_ body: () async throws -> Value) async throws -> Value {
        for _ in 0..<4 { if let value = try? await body() { return value } }
        return try await body()
    }

    /// Publishes messages as a program does that knows nothing of events.
    static func publish(_ messages: [OutgoingMessage], to url: String) async throws {
        let connector = try AMQPConnector(try #require(RabbitMQURL(url)))
        let connection = try await patiently { try await connector.connect(on: MultiThreadedEventLoopGroup.singleton.any()) }
        // Without a time limit, since a large message may take long.
        let done = connection.loop.makePromise(of: Void.self)
        connection.onLoop { connection in
            let channel: AMQPChannel
            do { channel = try connection.openChannel() } catch { return done.fail(error) }
            connection.call(.selectConfirms, on: channel) { _ in }
            var left = messages.count
            channel.onConfirmation = { confirmation in
                left = confirmation.isMultiple ? messages.count - Int(confirmation.tag) : left - 1
                if left == 0 { done.succeed() }
            }
            for message in messages { connection.publish(message, on: channel) }
        }
        try await done.futureResult.get()
        connection.close()
    }
}
