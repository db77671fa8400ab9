import Roost
import RoostData

extension EventEnvelope {
    /// Reads an event from a row with the columns `id`, `source`, `topic`, `version`, `event_key`, `time`, `traceparent` and `data`.
    /// - Throws: A `DatabaseError` if a column is missing or of another type.
    package init(_ row: ResultRow) throws {
        self.init(
            id: try row.get("id"), source: try row.get("source"), topic: try row.get("topic"), version: try row.get("version"),
            key: try row.get("event_key"),
            time: try row.get("time"), traceparent: try row.get("traceparent"), data: try row.get("data"))
    }
}
