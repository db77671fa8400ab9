public import Roost
import RoostData
import RoostWork

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension Workflows {
    /// Returns a run with its recorded steps, or `nil` if there is none with this identifier.
    /// - Parameters:
    ///   - id: The identifier of the run.
    ///   - includesResults: Whether to read what the steps returned. Results can contain secrets: show them only to those who may see these.
    /// - Throws: A `DatabaseError`.
    public func find(_ id: String, includingResults includesResults: Bool = false) async throws -> WorkflowRun? {
        let found = try await store.runs(where: "run.id = \(id)", limit: 1)
        return try await store.complete(found, withResults: includesResults).first
    }

    /// Lists the runs with their recorded steps and without results, the newest first.
    /// - Parameters:
    ///   - name: The name of the workflow; `nil` for all.
    ///   - status: The status; `nil` for all.
    ///   - limit: The largest number of runs.
    ///   - cursor: The cursor that came with the page before; `nil` for the first page.
    /// - Returns: A page of runs.
    /// - Throws: A `Problem` with status 422 if the cursor does not belong to such a list; a `DatabaseError`.
    public func list(
        name: String? = nil, status: RunStatus? = nil, limit: PageLimit = .default, after cursor: PageCursor? = nil
    ) async throws -> Page<WorkflowRun> {
        var condition: SQL = "1 = 1"
        if let name { condition = condition + " AND run.name = \(name)" }
        if let status {
            // As in the condition of an index.
            condition = condition + " AND run.status = \(status) AND run.ended_at " + (status.isFinal ? "IS NOT NULL" : "IS NULL")
        }
        if let cursor {
            guard let place = ListPlace(cursor) else {
                throw Problem.invalid([Fault(pointer: "/cursor", rule: "format", message: "must be a cursor of this list")])
            }
            condition = condition + " AND (run.started_at, run.id) < (\(place.startedAt), \(place.id))"
        }
        let found = try await store.runs(where: condition, limit: limit.count + 1)
        let page = Page(found, limit: limit) { ListPlace(startedAt: $0.startedAt, id: $0.id).key }
        return Page(items: try await store.complete(page.items, withResults: false), next: page.next)
    }
}

/// The sort key of a run in a list.
private struct ListPlace {
    let startedAt: Date
    let id: String

    var key: String { "\(Int64((startedAt.timeIntervalSince1970 * 1000).rounded())) \(id)" }
}

extension ListPlace {
    init?(_ cursor: PageCursor) {
        let parts = cursor.key.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        // Milliseconds since 1970, up to the end of the year 9999.
        guard parts.count == 2, let time = Int64(parts[0]), (0...JobTime.never).contains(time) else { return nil }
        self.init(startedAt: Date(timeIntervalSince1970: Double(time) / 1000), id: String(parts[1]))
    }
}
