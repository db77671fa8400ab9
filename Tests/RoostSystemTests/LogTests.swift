import Logging
import Roost
import Testing

@testable import RoostSystem

/// What each line of a process's log contains, and what it never contains. (Logging is bootstrapped once per process, so each test runs in
/// a process of its own.)
@Suite(.timeLimit(.minutes(5))) struct LogTests {
    private func lines(_ result: ExitTest.Result?) -> [Substring] {
        String(decoding: result?.standardErrorContent ?? [], as: UTF8.self).split(separator: "\n")
    }

    @Test func everyLineOfACallHasItsIdUnderTheSameKey() async {
        let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
            try Log.start(Settings([:]), without: SecretFilter(Settings([:])))
            Logger(label: "tests").info("before")
            await RequestContext(requestID: "r9").run {
                RequestContext.currentLogger.info("in the call")
                Logger(label: "tests").info("by any logger")
                Logger(label: "tests").info("told", metadata: [LogKey.requestID: "r9"])
            }
        }
        let lines = lines(result)
        #expect(lines.count == 4 && lines.first?.contains("request-id") == false)
        #expect(lines.dropFirst().allSatisfy { $0.contains(" request-id=r9 ") })
    }

    @Test func noLineHasASecret() async {
        let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
            let settings = Settings(["SERVICE_KEY": "hunter2-of-services", "STORE_URL": "redis://me:hunter2-store@h"])
            try Log.start(settings, without: SecretFilter(settings))
            struct Failure: Error { let url = "redis://me:hunter2-store@h", key = "hunter2-of-services" }
            var logger = Logger(label: "hunter2-of-services")
            logger[metadataKey: "key"] = "hunter2-of-services"
            logger.error("hunter2-store", metadata: ["error": "\(Failure())", "list": ["hunter2-of-services"]])
            logger.error("sent authorization: Bearer hunter2hunter2")
        }
        #expect(lines(result).count == 2 && lines(result).allSatisfy { $0.contains("***") && !$0.contains("hunter2") })
    }

    @Test func aLevelIsChosenByItsName() async {
        let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
            try Log.start(Settings(["LOG_LEVEL": "error"]), without: SecretFilter(Settings(["LOG_LEVEL": "error"])))
            Logger(label: "tests").warning("not this")
            Logger(label: "tests").error("this")
            StandardError.write("and this")
        }
        #expect(lines(result).count == 2 && lines(result).last == "and this")
    }

    @Test func aLineForAProgramIsOneObjectWithoutSecrets() async throws {
        let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
            let settings = Settings(["LOG_FORMAT": "json", "SERVICE_KEY": "hunter2-of-services"])
            try Log.start(
                settings, without: SecretFilter(settings), style: LogStyle { $0.replacing("ada@example.com", with: "a…@example.com") })
            var logger = Logger(label: "tests")
            logger[metadataKey: "mail"] = "for ada@example.com"
            await RequestContext(requestID: "r9").run {
                logger.error(
                    "hunter2-of-services\n\"quoted\"",
                    metadata: ["list": ["ada@example.com", "hunter2-of-services"], "of": ["key": "ü\u{1}"]])
            }
        }
        let line = try #require(lines(result).first)
        let value = try JSON.decode(JSONValue.self, from: Array(line.utf8))
        guard case .object(var members) = value, case .string(let time)? = members.removeValue(forKey: "time"),
            case .object(var metadata)? = members.removeValue(forKey: "metadata")
        else {
            Issue.record("\(line)")
            return
        }
        #expect(RFC3339.parse(time.utf8) != nil && lines(result).count == 1)
        #expect(members == ["level": "error", "logger": "tests", "message": "***\n\"quoted\""])
        #expect(metadata.removeValue(forKey: LogKey.requestID) == "r9" && metadata.removeValue(forKey: LogKey.traceID) != nil)
        #expect(metadata == ["list": ["a…@example.com", "***"], "mail": "for a…@example.com", "of": ["key": "ü\u{1}"]])
    }

    @Test func whatTheProgramHidesIsInNoLine() async {
        let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
            try Log.start(
                Settings([:]), without: SecretFilter(Settings([:])), style: LogStyle { $0.replacing("ada@example.com", with: "somebody") })
            Logger(label: "tests").error("to ada@example.com", metadata: ["error": "\(Problem(.conflict, "ada@example.com is taken"))"])
        }
        #expect(lines(result).count == 1 && lines(result).allSatisfy { $0.contains("somebody") && !$0.contains("ada@") })
    }
}
