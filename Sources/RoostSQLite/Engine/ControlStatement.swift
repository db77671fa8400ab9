import Roost
import RoostData

/// The statements with which the driver begins and ends transactions. Each is prepared once.
package enum ControlStatement: String {
    case begin = "BEGIN IMMEDIATE"
    case beginReading = "BEGIN DEFERRED"
    case commit = "COMMIT"
    case rollBack = "ROLLBACK"
    case setSavepoint = "SAVEPOINT roost_unit"
    case releaseSavepoint = "RELEASE roost_unit"
    case rollBackToSavepoint = "ROLLBACK TO roost_unit"
    case dataVersion = "PRAGMA data_version"
}

extension SQLiteConnection {
    /// Runs a statement that begins or ends a transaction or a savepoint of the driver.
    package func run(_ control: ControlStatement) throws {
        try trusting {
            let statement = try controls[control] ?? compile(control.rawValue)
            controls[control] = statement
            defer { statement.reset() }
            while try statement.step() {}
        }
    }

    /// Sets a savepoint of a body, releases it, or undoes everything since it was set.
    package func run(_ action: SavepointAction, named name: String) throws {
        let name = "\"\(name.replacing("\"", with: "\"\""))\""
        try trusting {
            switch action {
            case .set: try run(script: "SAVEPOINT \(name)")
            case .release: try run(script: "RELEASE \(name)")
            case .rollBack: try run(script: "ROLLBACK TO \(name); RELEASE \(name)")
            }
        }
    }

    /// A number that changes when another connection, of this process or another, has changed the file.
    func dataVersion() throws -> Int64 {
        let statement = try controls[.dataVersion] ?? compile(ControlStatement.dataVersion.rawValue)
        controls[.dataVersion] = statement
        return try run(statement, []) { try $0.next(Int64.self) }.rows.first ?? 0
    }
}
