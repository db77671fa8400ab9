import Foundation
import NIOCore
import NIOEmbedded
import RoostData
import Testing

@testable import RoostPostgres

/// What a server sends, recorded and then changed at random. Whatever it is, nothing traps, and each caller is answered once.
///
/// `ROOST_FUZZ_MESSAGES` sets the number of messages; the default keeps a run short.
@Suite(.timeLimit(.minutes(5))) struct FuzzTests {
    private static let messages = ProcessInfo.processInfo.environment["ROOST_FUZZ_MESSAGES"].flatMap(Int.init) ?? 200_000

    @Test(arguments: 0..<4) func mutatedAnswersAreHarmless(_ seed: Int) throws {
        var random = Randomness(state: UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 &+ 1)
        let recordings = (0..<100).map { _ in Self.recording(&random) }
        var count = 0, violations = 0, answered = 0, flightsOfAll = 0
        while count < Self.messages / 4 {
            var bytes = recordings[random.next(recordings.count)]
            if random.next(10) > 0 { Self.mutate(&bytes, &random) }
            var conversation = Conversation(), flights: [RecordingFlight] = []
            for _ in 0..<4 {
                let flight = RecordingFlight(Self.columns, isDescribed: random.next(2) == 0)
                flights.append(flight)
                conversation.add(flight)
            }
            do {
                try bytes.withUnsafeBytes { all in
                    var offset = 0
                    while let message = try BackendMessage.next(in: all, at: &offset, limit: 1 << 20) {
                        count += 1
                        switch try conversation.receive(message) {
                        case .finished(let flight, _): flight.end(with: flight.refusal?.error)
                        default: break
                        }
                    }
                }
            } catch is ProtocolViolation {
                violations += 1
            }
            count += 1
            for flight in conversation.removeAll() { flight.end(with: CancellationError()) }
            answered += flights.count { $0.ending != nil }
            flightsOfAll += flights.count
        }
        #expect(answered == flightsOfAll)
        // Both kinds of runs were seen.
        #expect(violations > 0 && answered > 0)
    }

    @Test(arguments: 0..<4) func mutatedHandshakesAreHarmless(_ seed: Int) throws {
        var random = Randomness(state: UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 &+ 7)
        var count = 0
        while count < Self.messages / 20 {
            var bytes = Self.handshake(&random)
            Self.mutate(&bytes, &random)
            var handshake = Handshake(
                Credentials(user: "alice", password: "pencil", database: "shop", tls: .disable), asksForTLS: false)
            bytes.withUnsafeBytes { all in
                var offset = 0
                do {
                    while let message = try BackendMessage.next(in: all, at: &offset, limit: BackendMessage.mostBytesAtStart) {
                        count += 1
                        _ = try handshake.receive(message) { [1, 2, 3] }
                    }
                } catch {
                    #expect(error is HandshakeFailure || error is ProtocolViolation)
                }
            }
            count += 1
        }
    }

    /// Wherever the connection ends, each caller learns it once, and so does whoever waits for the connection.
    @Test func aConnectionMayEndAtEachByteOfAnAnswer() throws {
        var random = Randomness(state: 99), start = ServerBytes()
        start.message("R", ServerBytes.int32(0))
        start.message("K", ServerBytes.int32(1) + ServerBytes.int32(2))
        start.ready()
        let bytes = start.bytes + Self.recording(&random)
        for length in 0..<bytes.count {
            let channel = EmbeddedChannel()
            let (connection, ready) = try Self.connection(on: channel)
            let flights = (0..<4).map { _ in RecordingFlight(Self.columns) }
            try channel.writeInbound(ByteBuffer(bytes: bytes.prefix(min(length, start.bytes.count))))
            if length >= start.bytes.count {
                for flight in flights { connection.depart(flight) }
                try channel.writeInbound(ByteBuffer(bytes: bytes.prefix(length).dropFirst(start.bytes.count)))
            }
            channel.pipeline.fireChannelInactive()
            #expect(!connection.isOpen)
            if length >= start.bytes.count {
                #expect(throws: Never.self) { try ready.wait() }
                #expect(flights.allSatisfy { $0.ending != nil })
            } else {
                #expect(throws: HandshakeFailure.self) { try ready.wait() }
            }
            _ = try? channel.finish(acceptAlreadyClosed: true)
        }
    }

    /// Where a read ends must not matter: the callers get the same as from one read with everything.
    @Test(arguments: 0..<2) func readsMayEndAnywhere(_ seed: Int) throws {
        var random = Randomness(state: UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 &+ 13)
        var completed = 0, failed = 0
        for _ in 0..<max(20, Self.messages / 400) {
            var bytes = Self.recording(&random)
            if random.next(2) == 0 { Self.mutate(&bytes, &random) }
            let whole = try Self.answers(to: [bytes[...]])
            var pieces: [ArraySlice<UInt8>] = [], rest = bytes[...]
            while !rest.isEmpty {
                pieces.append(rest.prefix(1 + random.next(40)))
                rest = rest.dropFirst(pieces.last?.count ?? 0)
            }
            #expect(try Self.answers(to: pieces) == whole)
            completed += whole.count { $0.error == nil }
            failed += whole.count { $0.error != nil }
        }
        // Both kinds of endings were seen.
        #expect(completed > 0 && failed > 0)
    }

    private static func connection(
        on channel: EmbeddedChannel
    ) throws -> (PostgresConnection, ready: EventLoopFuture<NIOLoopBound<PostgresConnection>>) {
        let connection = PostgresConnection(
            channel, endpoint: Endpoint(host: "localhost", port: 5432), usesUnnamedStatements: false, statementCapacity: 8)
        let credentials = Credentials(user: "alice", password: "pencil", database: "shop", tls: .disable)
        return (connection, try ConnectionHandler.add(connection, credentials, addTLS: nil))
    }

    /// What a caller got.
    private struct Answer: Equatable {
        let rows: [[SQLData]]
        let error: String?
    }

    /// Lets a connection read pieces as answers to four flights.
    private static func answers(to pieces: [ArraySlice<UInt8>]) throws -> [Answer] {
        let channel = EmbeddedChannel(), (connection, _) = try connection(on: channel)
        var start = ServerBytes()
        start.message("R", ServerBytes.int32(0))
        start.ready()
        try channel.writeInbound(ByteBuffer(bytes: start.bytes))
        #expect(connection.isOpen)
        let flights = (0..<4).map { _ in RecordingFlight(Self.columns) }
        for flight in flights { connection.depart(flight) }
        for piece in pieces where connection.isOpen { try channel.writeInbound(ByteBuffer(bytes: piece)) }
        connection.close()
        _ = try? channel.finish(acceptAlreadyClosed: true)
        return try flights.map { flight in
            let ending = try #require(flight.ending, "a caller has got no answer")
            // Rows of a statement that has failed are not passed on.
            return Answer(rows: ending == nil ? flight.rows : [], error: ending.map { "\($0)" })
        }
    }
}

extension FuzzTests {
    private static let columns: [(String, OID)] = [
        ("id", .int8), ("name", .text), ("stock", .int4), ("flag", .bool), ("key", .uuid), ("made", .timestamptz), ("note", .jsonb),
        ("price", .numeric), ("bytes", .bytea), ("ratio", .float8),
    ]

    /// What a server sends for four flights, one of which fails.
    private static func recording(_ random: inout Randomness) -> [UInt8] {
        var server = ServerBytes()
        for _ in 0..<4 {
            switch random.next(8) {
            case 0: server.message("N", [0x53] + ServerBytes.text("NOTICE") + [0x4D] + ServerBytes.text("hello") + [0])
            case 1: server.message("A", ServerBytes.int32(7) + ServerBytes.text("orders") + ServerBytes.text(""))
            case 2: server.message("S", ServerBytes.text("TimeZone") + ServerBytes.text("UTC"))
            default: break
            }
            if random.next(2) == 0 {
                server.message("1")
                server.parameters([.int8])
                server.columns(columns)
            }
            server.message("2")
            for _ in 0..<random.next(5) { server.row(row(&random)) }
            if random.next(4) == 0 { server.error("22012", "division by zero") } else { server.complete("SELECT 1") }
            server.ready()
        }
        return server.bytes
    }

    private static func row(_ random: inout Randomness) -> [[UInt8]?] {
        let sizes = [8, 5, 4, 1, 16, 8, 6, 4, 3, 8]
        return sizes.map { size in
            if random.next(6) == 0 { return nil }
            var value = (0..<size).map { _ in UInt8(random.next(256)) }
            if size == 6 { value[0] = 1 }
            return value
        }
    }

    private static func handshake(_ random: inout Randomness) -> [UInt8] {
        var server = ServerBytes()
        switch random.next(4) {
        case 0: server.message("R", ServerBytes.int32(0))
        case 1: server.message("R", ServerBytes.int32(5) + [1, 2, 3, 4])
        case 2: server.message("R", ServerBytes.int32(3))
        default: server.message("R", ServerBytes.int32(10) + ServerBytes.text("SCRAM-SHA-256") + [0])
        }
        server.message("R", ServerBytes.int32(11) + Array("r=abc,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=1".utf8))
        server.message("S", ServerBytes.text("server_version") + ServerBytes.text("15.1"))
        server.message("K", ServerBytes.int32(1) + ServerBytes.int32(2))
        server.ready()
        return server.bytes
    }

    /// Changes, removes, repeats or inserts bytes.
    private static func mutate(_ bytes: inout [UInt8], _ random: inout Randomness) {
        for _ in 0...random.next(4) where !bytes.isEmpty {
            let place = random.next(bytes.count)
            switch random.next(6) {
            case 0: bytes[place] = UInt8(random.next(256))
            case 1: bytes[place] ^= 1 << UInt8(random.next(8))
            case 2: bytes.remove(at: place)
            case 3: bytes.insert(UInt8(random.next(256)), at: place)
            case 4: bytes.removeLast(random.next(bytes.count))
            default:
                let end = min(bytes.count, place + random.next(64))
                bytes.insert(contentsOf: bytes[place..<end], at: random.next(bytes.count))
            }
        }
    }
}

/// Numbers that look random and are the same in each run (xorshift64*, https://doi.org/10.1145/2845077).
struct Randomness {
    var state: UInt64

    /// A number below a bound.
    mutating func next(_ bound: Int) -> Int {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return Int(((state &* 0x2545_F491_4F6C_DD1D) >> 33) % UInt64(bound))
    }
}
