import Roost
import RoostGRPC
import RoostHTTP
import TestTools
import Testing

/// A connection goes on after an answer of whatever size, and whoever takes it slowly: no state that says "output is full" outlasts the
/// output. Each large answer is followed by a small one.
@Suite(.timeLimit(.minutes(5)), .serialized) struct LargeResponseTests {
    private func connect(to address: HTTPAddress, _ pace: Grid.Pace) throws -> (RawSocket, RawReader) {
        let socket = try RawSocket(address.port, receiveBuffer: pace == .slow ? 128 << 10 : nil)
        return (socket, RawReader(socket, step: pace == .slow ? 16 << 10 : 1 << 20))
    }

    private func request(_ size: Int, _ version: String) -> String {
        "GET /text/\(size) HTTP/\(version)\r\nhost: x\r\nconnection: keep-alive\r\n\r\n"
    }

    /// The sizes with which an answer's head and body together are as large as what is coalesced.
    private func exactSizes(_ head: String) -> [Int] { (-4...4).map { (64 << 10) - head.utf8.count + $0 } }

    @Test(arguments: Grid.Way.allCases, ["1.0", "1.1"])
    func aKeptAliveConnectionGoesOn(way: Grid.Way, version: String) async throws {
        try await Grid.served(way) { address in
            for pace in Grid.Pace.allCases {
                var (socket, reader) = try connect(to: address, pace)
                try await socket.send(request(1, version))
                let first = try await reader.response()
                for size in exactSizes(first.head) + Grid.sizes {
                    for size in [size, 1] {
                        try await socket.send(request(size, version))
                        let (head, body) = try await reader.response()
                        #expect(head.hasPrefix("HTTP/1.1 200 ") && body == Array(Grid.text(size).utf8), "\(size) bytes, \(pace)")
                    }
                }
            }
        }
    }

    @Test(arguments: Grid.Way.allCases, Grid.Pace.allCases)
    func pipelinedRequestsAreAnsweredInTurn(way: Grid.Way, pace: Grid.Pace) async throws {
        try await Grid.served(way) { address in
            var (socket, reader) = try connect(to: address, pace)
            try await socket.send(request(1, "1.1"))
            let first = try await reader.response()
            let sizes = (exactSizes(first.head) + Grid.sizes).flatMap { [$0, 1, 2] }
            try await socket.send(sizes.map { request($0, "1.1") }.joined())
            for size in sizes {
                let (head, body) = try await reader.response()
                #expect(head.hasPrefix("HTTP/1.1 200 ") && body == Array(Grid.text(size).utf8), "\(size) bytes")
            }
        }
    }

    @Test(arguments: Grid.Way.allCases)
    func streamedResponsesAreWhole(way: Grid.Way) async throws {
        try await Grid.served(way) { address in
            for pace in Grid.Pace.allCases {
                var (socket, reader) = try connect(to: address, pace)
                // A debug build puts the larger ones together for too long.
                for size in Grid.sizes where size < 2 << 20 {
                    try await socket.send("GET /live/\(size) HTTP/1.1\r\nhost: x\r\naccept: text/event-stream\r\n\r\n" + request(1, "1.1"))
                    let values = [Grid.text(size), "", Grid.text(size)].map { "data: \"\($0)\"\n\n" }.joined()
                    #expect(try await reader.response().body == Array((values + "event: end\ndata:\n\n").utf8), "\(size) bytes, \(pace)")
                    #expect(try await reader.response().body == Array("0".utf8))
                }
            }
        }
    }

    @Test(arguments: Grid.Way.allCases)
    func aStreamOfHTTP2HoldsUpNoOther(way: Grid.Way) async throws {
        try await Grid.served(way) { address in
            let connection = try await HTTP2Connection.open(to: address)
            defer { connection.close(gracefully: false) }
            for size in Grid.sizes {
                // It is asked for and not taken while the next is.
                let response = try await connection.send(Request(.get, "/text/\(size)"))
                let small = try await connection.send(Request(.get, "/text/1"))
                #expect(try await small.body.collect(upTo: 1) == Array("0".utf8))
                #expect(try await response.body.collect(upTo: size) == Array(Grid.text(size).utf8), "\(size) bytes")
            }
        }
    }

    @Test(arguments: Grid.Way.allCases, Grid.Pace.allCases)
    func aWebSocketIsReadToItsEnd(way: Grid.Way, pace: Grid.Pace) async throws {
        try await Grid.served(way) { address in
            for size in Grid.sizes {
                var (socket, reader) = try connect(to: address, pace)
                try await socket.send(
                    "GET /live/\(size) HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n"
                        + "sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n")
                #expect(try await reader.response().head.hasPrefix("HTTP/1.1 101 "))
                for text in [Grid.text(size), "", Grid.text(size)] {
                    let (opcode, payload) = try await reader.frame()
                    #expect(opcode == 1 && payload == Array("\"\(text)\"".utf8), "\(size) bytes")
                }
                let (opcode, payload) = try await reader.frame()
                #expect(opcode == 8 && payload == [0x03, 0xE8])
                try await socket.send([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xE8])
                #expect(try await reader.isAtEnd())
            }
        }
    }

    @Test(arguments: Grid.Way.allCases)
    func callsByGRPCGoOn(way: Grid.Way) async throws {
        try await Grid.served(way) { address in
            let caller = ServiceCaller.grpc(to: address, as: ServiceIdentity(name: "test"))
            defer { caller.close() }
            let grid = GridAPIContract.client(over: caller)
            for size in Grid.sizes {
                // It is asked for and not taken while the next are.
                let live = try await grid.live(size: size)
                for size in [size, 1] { #expect(try await grid.text(size: size) == Grid.text(size), "\(size) bytes") }
                var values: [String] = []
                for try await value in live { values.append(value) }
                #expect(values == [Grid.text(size), "", Grid.text(size)], "\(size) bytes")
            }
        }
    }
}
