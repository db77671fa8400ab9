import Foundation
import Roost

/// Prepares passwords for comparison by the OpaqueString profile of PRECIS (RFC 8265 §4.2), so that the same password typed on another
/// keyboard is accepted.
///
/// Preparation replaces every space character by the ASCII space and converts the text to Normalization Form C. Control characters are
/// rejected. The profile also rejects some characters that are used to write emoji; they are accepted here.
public enum PasswordProfile {
    /// The largest size of an unprepared password in bytes. Each of its 128 characters may consist of several scalars.
    static let textLimit = 4096

    /// The texts that a stored hash may have been made from: the prepared password, and the unprepared one, which earlier versions hashed.
    static func forms(of password: String) -> [String] {
        guard let prepared = prepare(password), !prepared.utf8.elementsEqual(password.utf8) else { return [password] }
        return [prepared, password]
    }

    /// Returns a password in the form in which it is hashed and compared.
    /// - Returns: `nil` if the password is empty, is longer than 4096 bytes, or contains a control character or more than 30 combining
    ///   marks in a row.
    public static func prepare(_ password: String) -> String? {
        guard (1...textLimit).contains(password.utf8.count) else { return nil }
        if password.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) { return password }
        var spaced = String.UnicodeScalarView()
        for scalar in password.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control: return nil
            case .spaceSeparator: spaced.append(" ")
            default: spaced.append(scalar)
            }
        }
        let text = String(spaced)
        return text.isStreamSafe ? text.precomposedStringWithCanonicalMapping : nil
    }
}

extension Check {
    /// Requires a valid password whose length is in this range, in Unicode scalars after `PasswordProfile` prepared it.
    public static func password(_ length: some RangeExpression<Int> & Sendable) -> Check { .length(length) }
}

extension FaultRecorder {
    /// Checks a password and notes a fault if it does not conform. Macro-generated code calls this.
    /// - Parameters:
    ///   - bounds: The allowed length in Unicode scalars.
    ///   - value: The password, or `nil` if there is nothing to check.
    ///   - place: Where the value is.
    public mutating func check(password bounds: Bounds<Int>, of value: String?, at place: Place) {
        guard let value, let (rule, message) = PasswordProfile.fault(of: value, bounds), !isPartial(at: place) else { return }
        fault(rule, message, at: place)
    }
}

extension JSONSchema {
    /// Returns the schema of a password: a string of this length in the format `password`.
    public func password(_ length: Bounds<Int>) -> JSONSchema { self.length(length).format(.password) }
}

extension Format {
    fileprivate static let password = Format("password", expectation: "a password", pattern: #"^[^\u0000-\u001f\u007f-\u009f]*$"#) {
        PasswordProfile.prepare($0) != nil
    }
}

extension PasswordProfile {
    /// Returns what is wrong with a password, without quoting any of it.
    fileprivate static func fault(of password: String, _ length: Bounds<Int>) -> (rule: String, message: String)? {
        guard let prepared = prepare(password) else {
            let isOfLength = (1...textLimit).contains(password.utf8.count)
            return isOfLength
                ? ("password", "must not contain control characters or more than 30 combining marks in a row")
                : ("length", length.words(of: "character"))
        }
        return length.contains(prepared.unicodeScalars.count) ? nil : ("length", length.words(of: "character"))
    }
}
