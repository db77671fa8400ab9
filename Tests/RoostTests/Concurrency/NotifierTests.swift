import Roost
import Testing

@Suite(.timeLimit(.minutes(5))) struct NotifierTests {
    @Test func aNotificationBetweenTwoWaitsIsNotMissed() async {
        let notifier = Notifier()
        let seen = notifier.count
        notifier.notify()
        await notifier.wait(beyond: seen)
        #expect(notifier.count == seen + 1)
    }

    @Test func everyoneIsWoken() async {
        let notifier = Notifier()
        let tasks = (0..<10).map { _ in Task { await notifier.wait(beyond: 0) } }
        notifier.notify()
        for task in tasks { await task.value }
    }

    @Test func aWaitEndsAtItsDeadlineAndWithItsTask() async {
        let notifier = Notifier()
        await notifier.wait(beyond: 0, by: .now)
        let waiting = Task { await notifier.wait(beyond: 0) }
        waiting.cancel()
        await waiting.value
        #expect(notifier.count == 0)
    }

    @Test func notificationsBetweenTwoReadsAreCombined() async {
        let notifier = Notifier()
        notifier.notify()
        let notifications = notifier.notifications()
        for _ in 0..<3 { notifier.notify() }
        var first = notifications.makeAsyncIterator()
        #expect(await first.next() != nil)
        let second = Task {
            for await _ in notifications { break }
            return notifier.count
        }
        // If they were not combined, the second read would end before the next notification.
        for _ in 0..<100 { await Task.yield() }
        notifier.notify()
        #expect(await second.value == 5)
    }

    @Test func notificationsEndWithTheirReader() async {
        let notifier = Notifier()
        let reader = Task { for await _ in notifier.notifications() {} }
        reader.cancel()
        await reader.value
    }
}
