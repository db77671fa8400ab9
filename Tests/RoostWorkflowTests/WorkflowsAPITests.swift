import Roost
import RoostData
import RoostTesting
import Testing

@testable import RoostWorkflow

/// Steering by HTTP.
@Suite(.timeLimit(.minutes(5))) struct WorkflowsAPITests {
    private let admin = Principal.account("root", roles: ["admin"])

    private func held(_ bench: WorkflowBench) async throws -> Workflows {
        let workflows = bench.workflows(
            Flow { input, run in
                _ = try await run.step("a", key: "k") { "secret" }
                if input == "hold" { throw run.hold(because: "Why not.") }
                return ""
            })
        try await workflows.start(Flow.self, "", id: "done/1")
        try await workflows.start(Flow.self, "hold", id: "held")
        try await bench.working(on: workflows) {
            try await bench.wait(for: "done/1", .completed)
            try await bench.wait(for: "held", .stuck)
        }
        return workflows
    }

    @Test func administratorsSeeRunsAndTheirSteps() async throws {
        let bench = try await WorkflowBench(), workflows = try await held(bench)
        try await workflows.endpoints.test { client in
            let admin = client.as(admin)
            let list = try await admin.send(.get, "/workflows?name=flow&status=stuck")
            #expect(list.status == .ok)
            #expect(list.text.contains(#""id":"held","name":"flow","version":1,"status":"stuck","startedAt":""#))
            #expect(list.text.contains(#""reason":"Why not.""#))
            #expect(list.text.contains(#""steps":[{"name":"a","key":"k","kind":"step","outcome":"done""#))
            #expect(!list.text.contains("secret") && !list.text.contains("done/1"))
            // The identifier of a run that another one has started contains a slash.
            let one = try await admin.send(.get, "/workflows/done%2F1")
            #expect(one.status == .ok)
            #expect(one.text.contains(#""status":"completed""#))
            #expect(
                try await admin.calling(WorkflowsAPIContract.self).runs(name: nil, status: nil, limit: nil, cursor: nil).items.count == 2)
        }
    }

    @Test func retriesAndCancellationsAreRefusedWhereTheyMeanNothing() async throws {
        let bench = try await WorkflowBench(), workflows = try await held(bench)
        try await workflows.endpoints.test { client in
            let admin = client.as(admin)
            for action in ["retry", "cancel"] {
                #expect(try await admin.send(.post, "/workflows/nobody/\(action)").status == .notFound)
                #expect(try await admin.send(.post, "/workflows/done%2F1/\(action)").status == .conflict)
                let steered = try await admin.send(.post, "/workflows/held/\(action)")
                #expect(steered.status == .ok)
                #expect(steered.text.contains(#""status":"running""#))
            }
            #expect(try await admin.send(.get, "/workflows/nobody").status == .notFound)
            #expect(try await admin.send(.get, "/workflows?status=unheard-of").status == .unprocessable)
            #expect(try await admin.send(.get, "/workflows?cursor=eA").status == .unprocessable)
            #expect(try await admin.send(.get, "/workflows?limit=0").status == .unprocessable)
        }
    }

    @Test func administratorsRepeatStepsAndCopyRuns() async throws {
        let bench = try await WorkflowBench(), diary = Diary()
        let workflows = bench.workflows(
            Flow { _, run in
                try await run.step("a") { diary.add("a") }
                try await run.step("b", key: "k") { diary.add("b") }
                if diary.list.count == 2 { throw run.hold(because: "Why not.") }
                return ""
            })
        try await workflows.start(Flow.self, "", id: "held")
        try await workflows.endpoints.test { client in
            let admin = client.as(admin)
            try await bench.working(on: workflows) {
                try await bench.wait(for: "held", .stuck)
                let retry = try await admin.send(.post, "/workflows/held/retry?step=b&key=k")
                #expect(retry.status == .ok)
                try await bench.wait(for: "held", .completed)
                let fork = try await admin.send(.post, "/workflows/held/fork?step=b&key=k&newId=again")
                #expect(fork.status == .created)
                #expect(fork.text.contains(#""id":"again""#))
                try await bench.wait(for: "again", .completed)
                let other = try await admin.calling(WorkflowsAPIContract.self).fork(id: "held", step: "a", key: nil, newId: nil)
                try await bench.wait(for: other.id, .completed)
            }
        }
        #expect(diary.list == ["a", "b", "b", "b", "a", "b"])
    }

    @Test func stepsAreNamedInFull() async throws {
        let bench = try await WorkflowBench(), workflows = try await held(bench)
        try await workflows.endpoints.test { client in
            let admin = client.as(admin)
            let refusals: [(String, Status)] = [
                ("nobody/retry?step=a&key=k", .notFound), ("done%2F1/retry?step=a&key=k", .conflict), ("held/retry?step=a", .unprocessable),
                ("held/retry?key=k", .unprocessable), ("held/retry?step=z", .unprocessable), ("nobody/fork?step=a&key=k", .notFound),
                ("held/fork", .unprocessable), ("held/fork?step=z", .unprocessable), ("held/fork?step=a&key=k&newId=", .unprocessable),
                ("held/fork?step=a&key=k&newId=held", .conflict),
                ("held/fork?step=a&key=k&newId=\(String(repeating: "x", count: 201))", .unprocessable),
            ]
            for (path, status) in refusals {
                let reply = try await admin.send(.post, "/workflows/\(path)")
                #expect(reply.status == status, "\(path)")
            }
            let runs = try await workflows.list(name: nil, status: nil, limit: .default, after: nil)
            #expect(runs.items.count == 2)
        }
    }

    @Test func nobodyElseSeesRuns() async throws {
        let workflows = try await WorkflowBench().workflows(Doubling())
        try await workflows.endpoints.test { client in
            let anonymous = try await client.send(.get, "/workflows"), ada = client.as(.account("ada"))
            #expect(anonymous.status == .unauthorized)
            #expect(try await ada.send(.get, "/workflows").status == .forbidden)
            for action in ["cancel", "retry?step=a", "fork?step=a"] {
                let reply = try await ada.send(.post, "/workflows/x/\(action)")
                #expect(reply.status == .forbidden)
            }
        }
    }
}
