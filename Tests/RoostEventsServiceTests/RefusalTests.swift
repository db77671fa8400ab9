import Foundation
import Roost
import RoostEvents
import RoostEventsTesting
import RoostGateway
import RoostHTTP
import RoostSQLite
import RoostSystem
import RoostSystemTesting
import Synchronization
import Testing

@testable import RoostEventsService

/// Callers without the key, input that is not valid, and too much of everything.
@Suite(.timeLimit(.minutes(5))) struct RefusalTests {
    private static let event = #"{"specversion":"1.0","id":"1","source":"orders","type":"orders.ended","data":1}"#

    private static func event(_ change: (inout [String: Any]) -> Void) throws -> String {
        var event: [String: Any] = ["specversion": "1.0", "id": "1", "source": "orders", "type": "orders.ended", "data": 1]
        change(&event)
        return String(decoding: try JSONSerialization.data(withJSONObject: ["events": [event]]), as: UTF8.self)
    }

    /// A publication that exceeds the limit. Its length is not announced, so that the service reads nearly all of it before it refuses it, and
    /// does not close the connection.
    private static func tooLarge() throws -> Request {
        let text = try event { $0["data"] = String(repeating: "x", count: EventsLimits.publicationSize) }
        let (pieces, continuation) = AsyncThrowingStream<[UInt8], any Error>.makeStream()
        continuation.yield(Array(text.utf8))
        continuation.finish()
        return Request(.post, "/events", headers: ["content-type": "application/json"], body: .stream(pieces, length: nil))
    }

    private static let paths: [(RequestMethod, String, String?)] = [
        (.post, "/events", "{\"events\":[\(event)]}"),
        (.post, "/events/groups/mail/members", #"{"topics":["orders.ended"]}"#),
        (.post, "/events/groups/mail/members/1/deliveries", nil),
        (.post, "/events/groups/mail/members/1/settlements", #"{"deliveries":["1.1.1"]}"#),
        (.delete, "/events/groups/mail/members/1", nil),
    ]

    @Test(arguments: paths.indices) func nobodyCallsWithoutTheKey(index: Int) async throws {
        let (method, path, body) = Self.paths[index]
        try await ServingEvents.run { serving in
            let stranger = try await serving.system.client(of: "events")
            let responses = [
                try await stranger.send(method, path, json: body),
                try await stranger.send(method, path, json: body, headers: ["x-service-name": "mail"]),
                try await stranger.send(method, path, json: body, headers: ["x-service-key": "a guess", "x-service-name": "mail"]),
                try await stranger.send(method, path, json: body, headers: ["x-service-key": ""]),
                try await stranger.send(method, path, json: body, headers: ["authorization": "Bearer token"]),
            ]
            #expect(responses.map(\.status) == Array(repeating: .unauthorized, count: responses.count))
            // A program that has no name is a service too.
            let known = try await stranger.send(method, path, json: body, headers: ["x-service-key": ServingEvents.key])
            #expect(![.unauthorized, .forbidden].contains(known.status))
        }
    }

    @Test(
        arguments: [
            ("", Status.badRequest, nil), ("{", .badRequest, nil), ("[]", .unprocessable, ""), ("{}", .unprocessable, "/events"),
            (#"{"events":[]}"#, .unprocessable, "/events"), (#"{"events":[1]}"#, .unprocessable, "/events/0"),
            ("{\"events\":[\(Array(repeating: event, count: 101).joined(separator: ","))]}", .unprocessable, "/events"),
        ] as [(String, Status, String?)])
    func publicationsThatAreNotLists(body: String, status: Status, pointer: String?) async throws {
        try await ServingEvents.run { serving in
            let response = try await serving.client.send(.post, "/events", json: body)
            #expect(response.status == status)
            if let pointer { #expect(response.problem.errors.map(\.pointer) == [pointer]) }
        }
    }

    @Test func everyAttributeOfAnEventIsChecked() async throws {
        let long = String(repeating: "x", count: 256)
        let wrong: [(String, Any?)] = [
            ("specversion", nil), ("specversion", "0.3"), ("id", nil), ("id", ""), ("id", long), ("source", nil), ("source", ""),
            ("source", long), ("type", nil), ("type", ""), ("type", long), ("time", "yesterday"), ("datacontenttype", "text/plain"),
            ("dataschema", "urn:events:orders.ended:0"), ("dataschema", ""), ("partitionkey", ""), ("partitionkey", long),
            ("traceparent", ""), ("data_base64", "AA=="),
        ]
        try await ServingEvents.run { serving in
            for (name, value) in wrong {
                let body = try Self.event { $0[name] = value }
                let response = try await serving.client.send(.post, "/events", json: body)
                #expect(response.status == .unprocessable, "\(name) \(value ?? "")")
                #expect(response.problem.errors.map(\.pointer) == ["/events/0/\(name)"], "\(name) \(value ?? "")")
            }
        }
    }

    @Test func eventsThatNoBusTakes() async throws {
        try await ServingEvents.run { serving in
            let member = try await serving.join()
            for change in [("type", "Orders Ended"), ("partitionkey", "a\u{7}b"), ("partitionkey", String(repeating: "ß", count: 200))] {
                let response = try await serving.client.send(.post, "/events", json: try Self.event { $0[change.0] = change.1 })
                #expect(response.status == .unprocessable && response.problem.detail?.hasPrefix("The event with the index 0") == true)
            }
            let large = try Self.event { $0["data"] = String(repeating: "x", count: EventLimits.data) }
            let response = try await serving.client.send(.post, "/events", json: large)
            #expect(response.status == .contentTooLarge && response.problem.detail?.contains("1048576") == true)
            #expect(try await serving.client.respond(to: try Self.tooLarge()).status == .contentTooLarge)
            // Nothing of a publication that is refused is published.
            let sent = try await serving.publish()
            #expect(try await serving.events(1, to: member).map(\.event.id) == sent.map(\.id))
        }
    }

    @Test(arguments: [
        ("mail", "{}", ["/topics"]), ("mail", #"{"topics":[]}"#, ["/topics"]), ("mail", #"{"topics":"a"}"#, ["/topics"]),
        ("mail", #"{"topics":["a","B",""]}"#, ["/topics/1", "/topics/2"]),
        ("mail", "{\"topics\":[\((0...100).map { "\"t\($0)\"" }.joined(separator: ","))]}", ["/topics"]),
        ("mail", #"{"topics":["a"],"capacity":0}"#, ["/capacity"]), ("mail", #"{"topics":["a"],"capacity":257}"#, ["/capacity"]),
        ("mail", #"{"topics":["a"],"capacity":"1"}"#, ["/capacity"]), ("Mail", #"{"topics":["a"]}"#, ["/group"]),
        (String(repeating: "m", count: 65), #"{"topics":["A"]}"#, ["/topics/0", "/group"]),
    ])
    func membersThatAskForWhatThereIsNot(group: String, body: String, pointers: [String]) async throws {
        try await ServingEvents.run { serving in
            let response = try await serving.client.send(.post, "/events/groups/\(group)/members", json: body)
            #expect(response.status == .unprocessable && response.problem.errors.map(\.pointer) == pointers)
        }
    }

    @Test func pollsAndSettlementsThatAreNotValid() async throws {
        try await ServingEvents.run { serving in
            let path = "/events/groups/mail/members/\(try await serving.join())"
            for wait in ["-1", "31", "x", "1.5", ""] {
                let response = try await serving.client.send(.post, "\(path)/deliveries?wait=\(wait)")
                #expect(response.status == .unprocessable && response.problem.errors.map(\.pointer) == ["/wait"], "\(wait)")
            }
            let many = (0..<257).map { "\"1.\($0).1\"" }.joined(separator: ",")
            for (body, pointer) in [
                ("{}", "/deliveries"), (#"{"deliveries":[]}"#, "/deliveries"), (#"{"deliveries":["x"]}"#, "/deliveries/0"),
                (#"{"deliveries":["1.1.1","1.x.1"]}"#, "/deliveries/1"), (#"{"deliveries":[1]}"#, "/deliveries/0"),
                ("{\"deliveries\":[\(many)]}", "/deliveries"),
            ] {
                let response = try await serving.client.send(.post, "\(path)/settlements", json: body)
                #expect(response.status == .unprocessable && response.problem.errors.map(\.pointer) == [pointer], "\(pointer)")
            }
            // Well formed, but not delivered to this member.
            #expect(try await serving.client.send(.post, "\(path)/settlements", json: #"{"deliveries":["1.1.1"]}"#).status == .noContent)
        }
    }

    @Test func membersThatThereAreNot() async throws {
        try await ServingEvents.run { serving in
            let member = try await serving.join()
            for (group, member) in [("mail", "nobody"), ("other", member)] {
                let path = "/events/groups/\(group)/members/\(member)"
                let responses = [
                    try await serving.client.send(.post, "\(path)/deliveries"),
                    try await serving.client.send(.post, "\(path)/settlements", json: #"{"deliveries":["1.1.1"]}"#),
                    try await serving.client.send(.delete, path),
                ]
                #expect(responses.map(\.status) == [.notFound, .notFound, .notFound])
            }
            let path = "/events/groups/mail/members/\(member)"
            let first = try await serving.client.send(.delete, path).status, second = try await serving.client.send(.delete, path).status
            #expect(first == .noContent && second == .notFound)
        }
    }

    @Test func thereAreNotMoreMembersThanAllowed() async throws {
        try await ServingEvents.run(limits: Members.Limits(members: 3, membersOfGroup: 2)) { serving in
            func join(_ group: String) async throws -> TestResponse {
                try await serving.client.send(.post, "/events/groups/\(group)/members", json: #"{"topics":["orders.ended"]}"#)
            }
            let first = try await join("mail"), second = try await join("mail"), third = try await join("mail")
            #expect([first, second, third].map(\.status) == [.created, .created, .unavailable])
            #expect(third.problem.detail?.contains("The group mail already has 2 members") == true && third.headers["retry-after"] != nil)
            let other = try await join("other"), last = try await join("other")
            #expect([other, last].map(\.status) == [.created, .unavailable])
            let member = try first.decode(as: JoinedGroupMember.self).member
            try await serving.api.leave(group: "mail", member: member)
            #expect(try await join("mail").status == .created)
        }
    }

    @Test func theGatewayHasNeitherTheRoutesNorTheirDescription() async throws {
        try await TestSystem.run {
            Gateway(port: 0)
            EventsService()
        } test: { system in
            let gateway = try await system.client(of: "gateway", as: .service("tests"))
            for (method, path, body) in Self.paths { #expect(try await gateway.send(method, path, json: body).status == .notFound) }
            #expect(try await gateway.send(.get, "/openapi.json").text.contains("/events/groups") == false)
            let own = try await system.client(of: "events").send(.get, "/openapi.json").text
            for path in ["/events", "/events/groups/{group}/members/{member}/deliveries"] { #expect(own.contains("\"\(path)\"")) }
        }
    }
}

/// A bus that fails, or whose broker has messages that are not events.
@Suite(.timeLimit(.minutes(5))) struct BrokerTests {
    private struct Bus: EventBus {
        let result: @Sendable () throws -> [BusEvent]

        struct Member: GroupMember {
            let result: @Sendable () throws -> [BusEvent]
            func next() async throws -> [BusEvent] { try result() }
            func settle(_ delivery: DeliveryID) async throws {}
            func ages() async throws -> [Lane: Duration] { [:] }
            func drain() async {}
        }

        func publish(_ envelopes: [EventEnvelope]) async throws {}
        func join(_ membership: GroupMembership) async throws -> any GroupMember { Member(result: result) }
        func close() async {}
    }

    /// Notes whether it is called as part of a call.
    private final class Contexts: EventBus, GroupMember {
        private let contexts = Mutex<[String: Bool]>([:])
        var all: [String: Bool] { contexts.withLock { $0 } }

        private func note(_ function: String = #function) { contexts.withLock { $0[function] = RequestContext.current != nil } }

        func publish(_ envelopes: [EventEnvelope]) async throws { note() }
        func join(_ membership: GroupMembership) async throws -> any GroupMember {
            note()
            return self
        }
        func next() async throws -> [BusEvent] {
            note()
            let id = DeliveryID(lane: Lane("1"), epoch: 1, position: 1)
            return [.delivered(Delivery(id: id, envelope: EventEnvelope(source: "s", topic: "orders.ended", key: "k", data: [0x31])))]
        }
        func settle(_ delivery: DeliveryID) async throws { note() }
        func ages() async throws -> [Lane: Duration] { [:] }
        func drain() async { note() }
        func close() async {}
    }

    /// What a member does goes on after the request that caused it, whose deadline may have passed then.
    @Test func aMemberIsNotPartOfACall() async throws {
        let bus = Contexts()
        let driver = Driver("stub", form: "stub:events", embedded: { _, _ in "stub:events" }).opening((any EventBus).self) { _ in bus }
        try await ServingEvents.run([driver, .sqlite]) { serving in
            let member = try await serving.join()
            try await serving.settle(try await serving.events(1, to: member), by: member)
            try await serving.api.leave(group: "mail", member: member)
            try await serving.publish()
        }
        #expect(bus.all == ["join(_:)": false, "next()": false, "settle(_:)": false, "drain()": false, "publish(_:)": true])
    }

    private func run(
        _ result: @escaping @Sendable () throws -> [BusEvent], _ test: (ServingEvents) async throws -> Void
    ) async throws {
        let driver = Driver("stub", form: "stub:events", embedded: { _, _ in "stub:events" })
            .opening((any EventBus).self) { _ in Bus(result: result) }
        try await ServingEvents.run([driver, .sqlite], test)
    }

    @Test func aMemberJoinsAgainAfterTheBusHasFailed() async throws {
        struct Broken: Error {}
        try await run {
            throw Broken()
        } _: { serving in
            let member = try await serving.join(), path = "/events/groups/mail/members/\(member)/deliveries?wait=30"
            let response = try await serving.client.send(.post, path)
            #expect(response.status == .unavailable && response.problem.detail == "The event bus has failed. Join the group again.")
            #expect(try await serving.client.send(.post, path).status == .notFound)
        }
    }

    @Test func aMessageThatIsNotAnEventIsDeliveredWithItsReason() async throws {
        let id = DeliveryID(lane: Lane("orders.4"), epoch: 3, position: 9)
        let envelope = EventEnvelope(id: "m1", source: "broker", topic: "orders.ended", key: "k", data: [0xFF, 0x00])
        let delivery = Delivery(id: id, envelope: envelope, fault: "The message lacks the CloudEvents header fields id.")
        try await run {
            [.delivered(delivery)]
        } _: { serving in
            let path = "/events/groups/mail/members/\(try await serving.join())/deliveries?wait=30"
            let text = try await serving.client.send(.post, path).text
            #expect(text.contains(#""fault":"The message lacks the CloudEvents header fields id.""#))
            #expect(text.contains(#""data_base64":"/wA=""#) && text.contains(#""lane":"orders.4""#))
        }
    }
}
