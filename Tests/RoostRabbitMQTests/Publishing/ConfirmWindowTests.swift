import Testing

@testable import RoostRabbitMQ

@Suite struct ConfirmWindowTests {
    private func window(_ count: Int) -> ConfirmWindow<Int> {
        var window = ConfirmWindow<Int>()
        for number in 1...count { window.add(number) }
        return window
    }

    @Test func aConfirmationOfSeveralIsOfAllThatAreNotConfirmedYet() {
        var window = window(5)
        let one = window.confirm(AMQPConfirmation(tag: 2, isMultiple: false, isTaken: true))
        let several = window.confirm(AMQPConfirmation(tag: 4, isMultiple: true, isTaken: true))
        #expect(one == [2] && several == [1, 3, 4] && window.unconfirmed == [5])
        let rest = window.confirm(AMQPConfirmation(tag: 5, isMultiple: true, isTaken: false))
        #expect(rest == [5])
        #expect(window.isEmpty)
    }

    @Test func confirmationsInAnyOrderAreEachOfOne() {
        var window = window(3)
        for tag in [3, 1, 2] {
            let items = window.confirm(AMQPConfirmation(tag: UInt64(tag), isMultiple: false, isTaken: true))
            #expect(items == [tag])
        }
        #expect(window.isEmpty)
    }

    @Test func whatWasConfirmedOrNeverSentIsIgnored() {
        var window = window(2)
        _ = window.confirm(AMQPConfirmation(tag: 1, isMultiple: false, isTaken: true))
        for tag in [0, 1, 3, UInt64.max] {
            let items = window.confirm(AMQPConfirmation(tag: tag, isMultiple: true, isTaken: true))
            #expect(items.isEmpty)
        }
        #expect(window.unconfirmed == [2])
    }
}
