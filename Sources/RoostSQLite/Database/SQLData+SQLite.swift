import Foundation
import GRDB
import RoostData

extension SQLData {
    var hasNullCharacter: Bool {
        guard case .text(let text) = self else { return false }
        return text.utf8.withContiguousStorageIfAvailable { $0.contains(0) } ?? text.utf8.contains(0)
    }

    var databaseValue: DatabaseValue {
        switch self {
        case .null, .array: .null
        case .boolean(let value): value.databaseValue
        case .integer(let number): number.databaseValue
        case .real(let number): number.databaseValue
        case .text(let text): text.databaseValue
        case .blob(let bytes): Data(bytes).databaseValue
        case .uuid(let id): id.text.databaseValue
        case .time(let date): date.storedMilliseconds.databaseValue
        }
    }
}
