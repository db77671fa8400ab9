import RoostSupervisor
import Testing

@Suite struct OutputLinesTests {
    @Test func linesAreCutWhereTheyEnd() {
        var lines = OutputLines()
        let whole = ["on", "e\ntwo\n\nth", "ree"].flatMap { lines.append($0.utf8) }
        #expect(whole == ["one", "two", ""] && lines.finish() == "three" && lines.finish() == nil)
        let long = lines.append(Array(repeating: UInt8(ascii: "x"), count: 20_000))
        #expect(long.map(\.count) == [16384] && lines.finish()?.count == 20_000 - 16384)
    }
}
