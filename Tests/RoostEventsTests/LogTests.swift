import Foundation
import RoostEvents
import RoostTesting
import TestTools
import Testing

@Suite(.timeLimit(.minutes(5))) struct LogTests {
    @Test func anEventThatCannotBeHandledIsToldAtEachStepAndWhereItIsInTheEnd() async throws {
        let directory = try TemporaryFolder()
        let helper = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().appendingPathComponent(
            "events-crash-helper")
        let text = try await Tool.run(helper.path, ["refuse", directory.path, "1"]).output
        let lines = text.split(separator: "\n")
        for (number, line) in zip(1...3, lines) {
            #expect(line.contains("attempt \(number)") && line.contains("Refusal"))
            #expect(line.contains("topic=crash.counted") && line.contains("group=consumer") && line.contains("subscription=hear"))
            #expect(line.contains("event=0") || line.contains("event=hear 0"))
        }
        #expect(zip(lines, ["Next try at once", "Next try in"]).allSatisfy { $0.contains(" warning") && $0.contains($1) })
        #expect(lines.last?.contains(" error") == true)
        #expect(lines.last?.contains("It stays in the table roost_work as dead") == true)
        #expect(lines.count == 3)
    }
}
