import Testing

@testable import Roost
@testable import RoostHTTP

struct MessageStreamTests {
    private struct Broken: Error {}

    private func collect<Element>(_ stream: MessageStream<Element>) async throws -> [Element] {
        var elements: [Element] = []
        for try await element in stream { elements.append(element) }
        return elements
    }

    private func pieces(_ texts: [String]) -> MessageStream<[UInt8]> {
        MessageStream(
            AsyncStream { continuation in
                for text in texts { continuation.yield(Array(text.utf8)) }
                continuation.finish()
            })
    }

    @Test func givesWhatItsSourceGives() async throws {
        let source = AsyncStream<Int> { continuation in
            for number in 1...3 { continuation.yield(number) }
            continuation.finish()
        }
        #expect(try await collect(MessageStream(source).mapped { $0 * 2 }) == [2, 4, 6])
        #expect(try await collect(MessageStream(of: "a", "b")) == ["a", "b"])
    }

    @Test func throwsWhatItsSourceThrows() async throws {
        let stream = MessageStream<Int>(unfolding: { throw Broken() })
        await #expect(throws: Broken.self) { try await collect(stream) }
    }

    @Test func itsValuesAreMadeWithinTheCall() async throws {
        let context = RequestContext(requestID: "one")
        let stream = MessageStream<String>(unfolding: { RequestContext.current?.requestID }).within(context)
        var iterator = stream.makeAsyncIterator()
        #expect(try await iterator.next() == "one")
    }

    @Test(arguments: [["1\n2\n3"], ["1", "\n", "2\n\n  \r\n", "3\n"], ["1\n2", "\n3\n"]])
    func linesOfJSON(texts: [String]) async throws {
        let values = JSONLines.values(of: .stream(pieces(texts), length: nil), limit: 8, as: Int.self)
        #expect(try await collect(values) == [1, 2, 3])
    }

    @Test(arguments: [("1\n123456789\n", 413), ("1\n123456789", 413), ("1\n[\n", 400), ("1\n\"x\"\n", 422)])
    func aLineThatIsNoValueEndsTheStream(text: String, status: Int) async throws {
        var iterator = JSONLines.values(of: .text(text), limit: 8, as: Int.self).makeAsyncIterator()
        #expect(try await iterator.next() == 1)
        await #expect { try await iterator.next() } throws: { ($0 as? Problem)?.status.code == status }
    }

    @Test(arguments: [
        ["id: 1\ndata: 7\n\n: waiting\n\nid: 2\ndata: 8\n\nevent: end\ndata:\n\n"], ["data:", "7\n", "\nda", "ta: 8\n\nevent:end\n\n"],
    ])
    func serverSentEvents(texts: [String]) async throws {
        let values: MessageStream<Int> = ServerSentEvents.values(of: pieces(texts))
        #expect(try await collect(values) == [7, 8])
    }

    @Test func anErrorEventIsTheProblem() async throws {
        let text = "data: 7\n\nevent: error\ndata: {\"status\":409,\"title\":\"Conflict\"}\n\n"
        var iterator = (ServerSentEvents.values(of: pieces([text])) as MessageStream<Int>).makeAsyncIterator()
        #expect(try await iterator.next() == 7)
        await #expect {
            try await iterator.next()
        } throws: {
            ($0 as? Problem)?.status == .conflict && ($0 as? Problem)?.title == "Conflict"
        }
    }

    @Test func aStreamOfEventsThatBreaksOffFails() async throws {
        var iterator = (ServerSentEvents.values(of: pieces(["data: 7\n\nda"])) as MessageStream<Int>).makeAsyncIterator()
        #expect(try await iterator.next() == 7)
        await #expect { try await iterator.next() } throws: { ($0 as? Problem)?.status == .badGateway }
    }
}
