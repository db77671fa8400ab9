import SwiftSyntax

extension [(syntax: TokenSyntax, number: Int?)] {
    /// The number of each: the declared one, or its position, starting at 1.
    var numbers: [Int] { enumerated().map { $1.number ?? $0 + 1 } }

    /// Reports numbers that occur more than once.
    func checkNumbers(_ findings: inout Findings) {
        var seen: [Int: String] = [:]
        for (field, number) in zip(self, numbers) {
            let name = field.syntax.text.unquoted
            if let other = seen[number] {
                findings.error(
                    "`\(name)` has the number \(number), like `\(other)`: give one of them another number with @Field", at: field.syntax)
            }
            seen[number] = name
        }
    }
}
