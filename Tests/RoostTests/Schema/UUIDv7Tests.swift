import FoundationEssentials
import Roost
import Testing

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
}
