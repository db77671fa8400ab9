import SwiftSyntax

extension [(syntax: TokenSyntax, number: Int?)] {
    /// Each one's number: the one that is declared, else its place, from 1.
    var numbers: [Int] { enumerated().map { $1.number ?? $0 + 1 } }

    /// Notes those that have the number of one before.
    func checkNumbers(_ findings: inout Findings) {
        var seen: [Int: String] = [:]
        for (field, number) in zip(self, numbers) {
            let name = field.syntax.text.unquoted
            if let other = seen[number] {
                findings.error(
                    "`\(name)` has the number \(number), as `\(other)` does: give one of them another with @Field", at: field.syntax)
            }
            seen[number] = name
        }
    }
}
