/// What a completed statement did: `INSERT 0 5`, `UPDATE 3`, `SELECT 12`.
struct CommandTag {
    /// The number of rows that were inserted, updated, deleted or copied; 0 for statements that only read.
    let changes: Int

    /// Whether a transaction was undone. `COMMIT` does so too if a statement has failed, and the server does not call that an error.
    let isRollback: Bool

    static let none = CommandTag(changes: 0)

    private init(changes: Int) { (self.changes, isRollback) = (changes, false) }

    init(_ body: UnsafeRawBufferPointer) throws(ProtocolViolation) {
        guard let last = body.last, last == 0 else { throw ProtocolViolation("text without its end") }
        // Statements that read: SELECT, SHOW, FETCH, MOVE.
        guard let first = body.first,
            first == UInt8(ascii: "I") || first == UInt8(ascii: "U") || first == UInt8(ascii: "D") || Self.isOther(body)
        else {
            changes = 0
            isRollback = body.starts(with: "ROLLBACK".utf8)
            return
        }
        isRollback = false
        var number = 0, scale = 1, index = body.count - 2
        while index >= 0, case let digit = Int(body[index]) - 48, (0...9).contains(digit), scale <= 100_000_000_000_000_000 {
            number += digit * scale
            scale *= 10
            index -= 1
        }
        changes = scale == 1 ? 0 : number
    }

    /// `MERGE 3` and `COPY 3`.
    private static func isOther(_ body: UnsafeRawBufferPointer) -> Bool {
        body.starts(with: "MERGE ".utf8) || body.starts(with: "COPY ".utf8)
    }
}
