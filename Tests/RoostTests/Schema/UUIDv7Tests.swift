import FoundationEssentials
import Synchronization
import Testing

@testable import RoostSchema

/// RFC 9562 §5.7.
struct UUIDv7Tests {
    @Test func holdsTheTimeOfItsMaking() {
        // The time of RFC 9562's example, appendix A.6.
        let id = UUID.v7(at: Date(timeIntervalSince1970: 1_645_557_742))
        #expect(id.text.hasPrefix("017f22e2-79b0-7"))
        #expect(id.text == id.uuidString.lowercased())
    }

    @Test func bearsVersionAndVariant() {
        for _ in 0..<1000 {
            let bytes = UUID.v7().uuid
            #expect(bytes.6 >> 4 == 7)
            #expect(bytes.8 >> 6 == 0b10)
        }
    }

    @Test func sortsByTimeAndIsUnique() {
        let ids = (0..<1000).map { UUID.v7(at: Date(timeIntervalSince1970: 1_700_000_000 + Double($0) / 1000 + 0.0005)).text }
        #expect(ids == ids.sorted())
        let now = Date()
        #expect(Set((0..<1000).map { _ in UUID.v7(at: now) }).count == 1000)
    }

    @Test func takesTimesBeforeTheEpochAsTheEpoch() {
        #expect(UUID.v7(at: Date(timeIntervalSince1970: -1)).text.hasPrefix("00000000-0000-7"))
    }

    @Test func eachIsGreaterThanAllBefore() {
        let ids = (0..<100_000).map { _ in UUID.v7().text }
        #expect(zip(ids, ids.dropFirst()).allSatisfy(<))
    }

    @Test func thatHoldsAcrossThreads() async {
        let last = Last()
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    (0..<10_000).allSatisfy { _ in
                        // Each identifier is greater than all earlier ones.
                        let before = last.text.withLock(\.self)
                        let id = UUID.v7().text
                        last.text.withLock { $0 = max($0, id) }
                        return before < id
                    }
                }
            }
            for await isGreater in group { #expect(isGreater) }
        }
    }

    private final class Last: Sendable {
        let text = Mutex("")
    }

    @Test func thatHoldsWhenTheClockIsSetBack() {
        var sequence = UUIDv7Sequence()
        let clock: [UInt64] = [1_700_000_000_000, 1_700_000_000_000, 1_699_000_000_000, 0, 1_700_000_000_000, 1_700_000_000_001, 5]
        let ids = clock.map { sequence.next(at: $0).text }
        #expect(zip(ids, ids.dropFirst()).allSatisfy(<))
        #expect(Set(ids.map { $0.prefix(13) }) == ["018bcfe5-6800", "018bcfe5-6801"])
    }

    @Test func thatHoldsWhereAMillisecondsNumbersAreUsedUp() {
        var sequence = UUIDv7Sequence(milliseconds: 7, counter: 1 << 26 - 3)
        let ids = (0..<5).map { _ in sequence.next(at: 7).text }
        #expect(zip(ids, ids.dropFirst()).allSatisfy(<))
        #expect(ids.map { $0.prefix(13) } == ["00000000-0007", "00000000-0007", "00000000-0008", "00000000-0008", "00000000-0008"])
    }
}
