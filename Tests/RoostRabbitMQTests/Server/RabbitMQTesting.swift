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
        let bus = try await RabbitMQEventBus.open(url)
        try await bus.declare([GroupMembership(group, topics: [topic])])
        return bus
    }

    static func join(_ bus: RabbitMQEventBus, capacity: Int = 256) async throws -> RabbitMQMember {
        try #require(try await bus.join(GroupMembership(group, topics: [topic], capacity: capacity)) as? RabbitMQMember)
    }

    /// Publishes messages as a program does that knows nothing of events.
    static func publish(_ messages: [OutgoingMessage], to url: String) async throws {
        let connector = try AMQPConnector(try #require(RabbitMQURL(url)))
        let connection = try await connector.connect(on: MultiThreadedEventLoopGroup.singleton.any())
        try await connection.value { (connection, done: EventLoopPromise<Void>) in
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
        connection.close()
    }
}
