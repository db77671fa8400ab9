public import Roost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Shows and steers the runs of a service's workflows. It is for administrators: it shows the runs of all accounts, without the results of their
/// steps.
@Contract("workflows", access: .role("admin"))
public protocol WorkflowsAPI: Sendable {
    /// Lists the runs with their recorded steps, the newest first.
    @Get("/workflows")
    func runs(name: String?, status: RunStatus?, limit: PageLimit?, cursor: PageCursor?) async throws -> Page<WorkflowRun>

    /// Returns a run with its recorded steps.
    @Get("/workflows/{id}", problems: [.notFound])
    func run(id: String) async throws -> WorkflowRun

    /// Takes up a run again at once if it is stuck, has diverged or waits for another attempt. If a step is named, with its key if it has one,
    /// everything that was recorded from that step on is deleted first, and done again.
    @Post("/workflows/{id}/retry", problems: [.notFound, .conflict])
    func retry(id: String, step: String?, key: String?) async throws -> WorkflowRun

    /// Starts a new run with the same input and with what a run recorded before a step. The other run stays as it is. The new run has the
    /// identifier `newId`, or a random one.
    @Post("/workflows/{id}/fork", status: .created, problems: [.notFound, .conflict])
    func fork(id: String, step: String, key: String?, newId: String?) async throws -> WorkflowRun

    /// Requests the cancellation of a run. What it has done is undone, unless its workflow decides otherwise.
    @Post("/workflows/{id}/cancel", problems: [.notFound, .conflict])
    func cancel(id: String) async throws -> WorkflowRun
}

extension Workflows {
    /// The endpoints of `WorkflowsAPI` for these workflows, which a service can serve beside its own:
    ///
    /// ```swift
    /// EndpointGroup(Orders(database: database, workflows: workflows), workflows.endpoints)
    /// ```
    ///
    /// Its `ServiceDefinition` then lists both contracts in `contracts`.
    public var endpoints: ContractProvider<WorkflowsAPIContract> {
        ContractProvider(WorkflowsAPIContract.self, by: SteeredWorkflows(workflows: self))
    }
}

/// The implementation of the contract for a service's workflows.
private struct SteeredWorkflows: WorkflowsAPI {
    /// The length of the longest identifier of a run that can be chosen by HTTP, in bytes.
    private static let longestIdentifier = 200
    let workflows: Workflows

    func runs(name: String?, status: RunStatus?, limit: PageLimit?, cursor: PageCursor?) async throws -> Page<WorkflowRun> {
        try await workflows.list(name: name, status: status, limit: limit ?? .default, after: cursor)
    }

    func run(id: String) async throws -> WorkflowRun {
        guard let run = try await workflows.find(id) else { throw RunStore.noRun(id) }
        return run
    }

    func retry(id: String, step: String?, key: String?) async throws -> WorkflowRun {
        if let step {
            try await workflows.retry(id, from: step, key: key ?? "")
        } else if key != nil {
            throw Problem(.unprocessable, "The key belongs to a step: name the step too.")
        } else {
            try await workflows.retry(id)
        }
        return try await run(id: id)
    }

    func fork(id: String, step: String, key: String?, newId: String?) async throws -> WorkflowRun {
        if let newId, !(1...Self.longestIdentifier).contains(newId.utf8.count) {
            throw Problem(.unprocessable, "The new identifier must have 1 to \(Self.longestIdentifier) bytes.")
        }
        return try await run(id: workflows.fork(id, from: step, key: key ?? "", as: newId ?? UUID.v7().text))
    }

    func cancel(id: String) async throws -> WorkflowRun {
        guard try await workflows.cancel(id) else { throw try await RunStore.refusal(of: id, in: workflows.store.database) }
        return try await run(id: id)
    }
}
