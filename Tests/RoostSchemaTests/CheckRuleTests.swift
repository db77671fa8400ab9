import Foundation
import RoostSchema
import Testing

/// Rules other than lengths and ranges: multiples, patterns, unique items, and fields that are checked together.
struct CheckRuleTests {
    @Schema
    struct Booking: Equatable {
        @Check(.multiple(of: 5)) var minutes: Int
        @Check(.multiple(of: 0.01), .range(0...)) var price: Double = 1
        @Check(.multiple(of: 0.25)) var rate: Decimal = 1
        @Check(.pattern("^[A-Z]{3}-[0-9]+$")) var code = "ABC-1"
        @Check(.unique) var rooms: [Int]? = nil
        var start = 1
        var end = 2

        @Check func endsAfterItBegins(_ faults: inout FaultCollector) {
            if end <= start { faults.fault("order", "must be after start", at: "end") }
        }

        @Check func isShort(_ faults: inout FaultCollector) {
            if end - start > 100 || end < start - 100 { faults.fault("span", "must be at most 100 long") }
        }
    }

    private static let bookings: [(Booking, [String])] = [
        (Booking(minutes: 10, price: 19.99, rate: 1.75), []), (Booking(minutes: -7), ["/minutes multiple"]),
        (Booking(minutes: 0, price: 0.015), ["/price multiple"]), (Booking(minutes: 0, rate: 0.3), ["/rate multiple"]),
        (Booking(minutes: 0, price: 123_456_789.01), []), (Booking(minutes: 0, code: "ABCD-1"), ["/code pattern"]),
        (Booking(minutes: 0, rooms: [1, 2, 1]), ["/rooms unique"]), (Booking(minutes: 0, start: 2), ["/end order"]),
        (Booking(minutes: 0, start: 500), ["/end order", " span"]),
        // Fields are checked together after each of them is valid by itself.
        (Booking(minutes: 1, start: 2), ["/minutes multiple"]),
    ]

    @Test(arguments: bookings.indices) func onEveryWireAndInMemory(index: Int) {
        let (booking, expected) = Self.bookings[index]
        #expect(faults(Booking.self, JSON.text(booking)) == expected)
        #expect(messageFaults(booking) == expected)
        #expect(FaultCollector.faults(in: booking) == decodedFaults(booking))
        #expect(FaultCollector.faults(in: [booking]).map { "\($0.pointer) \($0.rule)" } == expected.map { "/0" + $0 })
        #expect(faults([Booking].self, JSON.text([booking])) == expected.map { "/0" + $0 })
        #expect(messageFaults([booking]) == expected.map { "/0" + $0 })
    }
}
