import Testing

@testable import Roost
@testable import RoostHTTP

struct LineSplitterTests {
    @Test(arguments: [1, 2, 3, 7, 100])
    func linesAreTheSameInPiecesOfAnySize(size: Int) throws {
        var splitter = LineSplitter(limit: 20)
        var lines: [String] = []
        let bytes = Array("one\n\ntwo two\n \r\nthree\nrest".utf8)
        for start in stride(from: 0, to: bytes.count, by: size) {
            splitter.append(Array(bytes[start..<min(start + size, bytes.count)]))
            while let line = try splitter.next() { lines.append(String(decoding: line, as: UTF8.self)) }
        }
        #expect(lines == ["one", "two two", "three"])
        #expect(splitter.rest() == Array("rest".utf8))
    }

    /// The work is proportional to the bytes, not to the bytes times the pieces.
    @Test(.timeLimit(.minutes(5))) func aLongLineThatComesByteByByte() throws {
        var splitter = LineSplitter(limit: 1 << 20)
        for _ in 0..<1 << 18 {
            splitter.append([0x61])
            #expect(try splitter.next() == nil)
        }
        splitter.append([0x0A])
        #expect(try splitter.next()?.count == 1 << 18)
    }

    @Test func aLineThatIsTooLongIsRefusedBeforeItsEnd() throws {
        var splitter = LineSplitter(limit: 4)
        splitter.append(Array("four\nfive!".utf8))
        #expect(try splitter.next() == Array("four".utf8))
        #expect(throws: Problem.self) { try splitter.next() }
    }
}
