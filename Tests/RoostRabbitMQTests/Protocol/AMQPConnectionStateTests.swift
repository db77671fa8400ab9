import NIOCore
import Testing

@testable import RoostRabbitMQ

@Suite struct AMQPConnectionStateTests {
    private func connected(bodyLimit: Int = 100) throws -> AMQPConnectionState {
        var state = AMQPConnectionState(try #require(RabbitMQURL("amqp://user:secret@host/shop")), bodyLimit: bodyLimit)
        guard case .send(let answer) = try state.receive(ServerFrame.start), case .startConnectionOk(let response, _) = answer.first else {
            throw AMQPFault("no answer to the start")
        }
        #expect(response == "\0user\0secret")
        guard case .send(let agreed) = try state.receive(ServerFrame.tune()) else { throw AMQPFault("no answer to the limits") }
        #expect(agreed.count == 2)
        guard case .ready = try state.receive(ServerFrame.openOk) else { throw AMQPFault("not ready") }
        return state
    }

    @Test func limitsAreTheLowerOnesAndZeroIsNone() {
        let agreed = AMQPLimits(0, 0, 0, wanted: 8)
        #expect(agreed == AMQPLimits(2047, 131_072, 8, wanted: 8))
        let low = AMQPLimits(100, 4096, 3, wanted: 8)
        #expect(low.channels == 100 && low.frame == 4096 && low.heartbeat == 3)
    }

    @Test func aBodyInSeveralFramesIsOneMessageEvenBetweenThoseOfOtherChannels() throws {
        var state = try connected()
        let properties = AMQPProperties(contentType: "application/json", headers: ["a": .text("b")], messageID: "1", timestamp: 5)
        for frame in [
            ServerFrame.deliver(7, isRedelivered: true), ServerFrame.deliver(1, on: 2), ServerFrame.header(6, properties),
            ServerFrame.body("ab"),
            ServerFrame.header(2, on: 2),
        ] {
            guard case .none = try state.receive(frame) else { throw AMQPFault("the message is not complete") }
        }
        guard case .delivered(2, let other) = try state.receive(ServerFrame.body("xy", on: 2)) else { throw AMQPFault("no message") }
        #expect(String(buffer: other.message.body) == "xy")
        guard case .none = try state.receive(ServerFrame.body("cd")),
            case .delivered(1, let delivery) = try state.receive(ServerFrame.body("ef"))
        else { throw AMQPFault("no message") }
        #expect(String(buffer: delivery.message.body) == "abcdef" && !delivery.message.isCut)
        #expect(delivery.tag == 7 && delivery.isRedelivered && delivery.message.properties == properties)
    }

    @Test func anEmptyBodyHasNoFrames() throws {
        var state = try connected()
        guard case .none = try state.receive(ServerFrame.deliver(1)),
            case .delivered(1, let delivery) = try state.receive(ServerFrame.header(0))
        else { throw AMQPFault("no message") }
        #expect(delivery.message.size == 0 && !delivery.message.isCut)
    }

    @Test func aBodyBeyondTheLimitIsPassedOver() throws {
        var state = try connected(bodyLimit: 3)
        _ = try state.receive(ServerFrame.deliver(1))
        _ = try state.receive(ServerFrame.header(4))
        _ = try state.receive(ServerFrame.body("ab"))
        guard case .delivered(1, let delivery) = try state.receive(ServerFrame.body("cd")) else { throw AMQPFault("no message") }
        #expect(delivery.message.isCut && delivery.message.body.readableBytes == 0 && delivery.message.size == 4)
    }

    @Test func aMessageThatComesBackIsToldBeforeItsConfirmation() throws {
        var state = try connected()
        let returned = ServerFrame.method(60, 50) { writer in
            writer.short(312)
            writer.shortText("NO_ROUTE")
            writer.shortText("roost.events")
            writer.shortText("polls.voted.3")
        }
        _ = try state.receive(returned)
        _ = try state.receive(ServerFrame.header(2, AMQPProperties(messageID: "7")))
        guard case .returned(1, let message) = try state.receive(ServerFrame.body("{}")) else { throw AMQPFault("nothing came back") }
        #expect(message.reason.code == 312 && message.messageID == "7" && message.key == "polls.voted.3")
        let confirmation = ServerFrame.method(60, 80) { writer in
            writer.longLong(4)
            writer.bits(true)
        }
        guard case .confirmed(1, let confirmed) = try state.receive(confirmation) else { throw AMQPFault("no confirmation") }
        #expect(confirmed == AMQPConfirmation(tag: 4, isMultiple: true, isTaken: true))
    }

    @Test func anErrorOfAChannelIsToldAsThat() throws {
        var state = try connected()
        _ = try state.receive(ServerFrame.deliver(1))
        _ = try state.receive(ServerFrame.header(2))
        // Its message will never be complete, and is forgotten.
        #expect(throws: AMQPFault.self) { try state.receive(ServerFrame.method(20, 40)) }
        var other = try connected()
        let closing = ServerFrame.method(20, 40) { writer in
            writer.short(406)
            writer.shortText("PRECONDITION_FAILED")
            writer.long(0)
        }
        guard case .channelClosed(1, let reason) = try other.receive(closing) else { throw AMQPFault("the channel is open") }
        #expect(reason.code == 406)
    }

    @Test func aChannelThatWasClosedEndsEvenIfRepliesAreMissing() throws {
        let channel = AMQPChannel(1)
        var replies: [Bool] = [], isClosed = false
        channel.await { replies.append((try? $0.get()) != nil) }
        channel.await { replies.append((try? $0.get()) != nil) }
        try channel.receiveReply()
        channel.beginClosing { isClosed = true }
        #expect(!channel.isUsable && !isClosed)
        var state = try connected()
        guard case .channelEnded(1) = try state.receive(ServerFrame.method(20, 41)) else { throw AMQPFault("the channel has not ended") }
        channel.end(.unreachable("the channel was closed"))
        #expect(isClosed && replies == [true, false])
    }

    @Test(arguments: [
        [ServerFrame.header(2)], [ServerFrame.body("a")], [ServerFrame.deliver(1), ServerFrame.body("a")],
        [ServerFrame.deliver(1), ServerFrame.header(1), ServerFrame.body("ab")],
        [ServerFrame.deliver(1), ServerFrame.header(1), ServerFrame.header(1)],
        [ServerFrame.deliver(1), ServerFrame.deliver(2)], [ServerFrame.method(60, 60)], [ServerFrame.start], [ServerFrame.tune()],
    ])
    func whatViolatesTheProtocolIsAFault(_ frames: [AMQPFrame]) throws {
        var state = try connected()
        #expect(throws: AMQPFault.self) {
            for frame in frames { _ = try state.receive(frame) }
        }
    }

    @Test func aServerThatTakesNoPasswordsIsAFault() throws {
        var state = AMQPConnectionState(try #require(RabbitMQURL("amqp://host")), bodyLimit: 100)
        let start = ServerFrame.method(10, 10, on: 0) { writer in
            writer.octet(0)
            writer.octet(9)
            writer.table([:])
            writer.longText("EXTERNAL")
            writer.longText("en_US")
        }
        #expect(throws: AMQPFault.self) { try state.receive(start) }
    }
}
