import Foundation
import Roost
import Testing

/// A process ends at the place that the file in its environment names, and nowhere else.
@Suite struct CrashPointTests {
    private enum Place: String, CrashPoint {
        case first = "tests.first"
        case second = "tests.second"

        /// Has the file name a place. The environment is that of the exit test's own process.
        static func arm(_ content: String) throws -> String {
            let path = NSTemporaryDirectory() + "crash-at-\(getpid())"
            try content.write(toFile: path, atomically: true, encoding: .utf8)
            setenv("CRASH_AT", path, 1)
            return path
        }
    }

    @Test func theProcessEndsAtTheNamedPlaceAtTheNamedPassage() async {
        await #expect(processExitsWith: .signal(SIGKILL)) {
            _ = try Place.arm("tests.second:2\n")
            Place.second.reach()
            Place.first.reach()
            Place.first.reach()
            Place.second.reach()
            exit(EXIT_SUCCESS)
        }
    }

    @Test func otherPlacesAndEarlierPassagesEndNothing() async {
        await #expect(processExitsWith: .success) {
            let path = try Place.arm("tests.second:2")
            Place.first.reach()
            Place.first.reach()
            Place.second.reach()
            exit(FileManager.default.fileExists(atPath: path) ? EXIT_SUCCESS : EXIT_FAILURE)
        }
    }

    @Test func theFileIsRenamedSoThatOneProcessEnds() async {
        await #expect(processExitsWith: .success) {
            let path = try Place.arm("tests.first")
            // As if another process had reached the place before.
            try FileManager.default.moveItem(atPath: path, toPath: path + ".reached")
            Place.first.reach()
            exit(EXIT_SUCCESS)
        }
    }

    @Test func withoutTheEnvironmentNothingHappens() async {
        await #expect(processExitsWith: .success) {
            unsetenv("CRASH_AT")
            Place.first.reach()
            exit(EXIT_SUCCESS)
        }
    }
}
