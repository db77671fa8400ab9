import Roost
import Testing

@testable import RoostEvents

@Suite struct EventBacklogTests {
    @Test func onlyTheAgeAndAStopOfReadingKeepAServiceFromBeingReady() {
        let backlog = EventBacklog(of: "test")
        #expect(backlog.reasonNotReady(beyond: .seconds(300)) == nil)
        backlog.note([Lane("1"): .seconds(10), Lane("2"): .seconds(301)])
        #expect(backlog.age == .seconds(301))
        #expect(backlog.reasonNotReady(beyond: .seconds(300))?.contains("301 seconds") == true)
        #expect(backlog.reasonNotReady(beyond: .seconds(301)) == nil)
        // A lane that moved to another member is that member's.
        backlog.note([Lane("1"): .seconds(10)])
        #expect(backlog.age == .seconds(10))
        // A group that is not read falls behind.
        backlog.leave()
        #expect(backlog.age > .seconds(10) && backlog.age < .seconds(300))
        #expect(backlog.note(isFull: true) && !backlog.note(isFull: true))
        #expect(backlog.reasonNotReady(beyond: .seconds(300)) != nil)
    }
}
