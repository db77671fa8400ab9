import Foundation

/// Prepares passwords for SCRAM as PostgreSQL does (RFC 4013). A password that the profile prohibits is used as it is.
enum SASLprep {
    static func prepared(_ password: String) -> String {
        guard !password.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) else { return password }
        var mapped = String.UnicodeScalarView()
        for scalar in password.unicodeScalars where !vanishes(scalar) {
            mapped.append(scalar.properties.generalCategory == .spaceSeparator ? " " : scalar)
        }
        let normal = String(mapped).precomposedStringWithCompatibilityMapping
        return normal.isEmpty || normal.unicodeScalars.contains(where: isProhibited) ? password : normal
    }

    /// The characters that are mapped to nothing (RFC 3454, table B.1).
    private static func vanishes(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0xAD, 0x34F, 0x1806, 0x180B...0x180D, 0x200B...0x200D, 0x2060, 0xFE00...0xFE0F, 0xFEFF: true
        default: false
        }
    }

    /// Control characters, private use and what is unassigned (RFC 4013 §2.3).
    private static func isProhibited(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .privateUse, .surrogate, .unassigned, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}
