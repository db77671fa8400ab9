import Foundation
import Roost

/// Passwords as PRECIS has them compared, by the profile OpaqueString (RFC 8265 §4.2): the same one typed on another keyboard is the same.
///
/// Every space is the space of ASCII, and the text is in Normalization Form C. It has no control characters. The profile refuses some more
/// characters, which are let through here, since emoji are written with them.
public enum PasswordProfile {
    /// The most bytes of a password as it comes: each of 128 characters may come as several.
    static let textLimit = 4096

    /// The texts that a password may have been hashed as: prepared, and as it came, as hashes were made once.
    static func forms(of password: String) -> [String] {
        guard let prepared = prepare(password), !prepared.utf8.elementsEqual(password.utf8) else { return [password] }
        return [prepared, password]
    }

    /// - Returns: the password as it is compared; `nil` where it has a control character or more than 30 combining marks in a row, is empty, or has
    ///   more than 4096 bytes.
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
    /// A password of so many characters, as `PasswordProfile` prepares it.
    public static func password(_ length: some RangeExpression<Int> & Sendable) -> Check { .length(length) }
}

extension JSONReader {
    /// - Parameter offset: where the value began.
    public mutating func check(password bounds: Bounds<Int>, of value: String?, at offset: Int) {
        if let (rule, message) = value.flatMap({ PasswordProfile.fault(of: $0, bounds) }) { fault(rule, message, at: offset) }
    }
}

extension ProtobufReader {
    public mutating func check(password bounds: Bounds<Int>, of value: String?, _ name: StaticString) {
        if let (rule, message) = value.flatMap({ PasswordProfile.fault(of: $0, bounds) }) { fault(rule, message, field: "\(name)") }
    }
}

extension JSONSchema {
    public func password(_ length: Bounds<Int>) -> JSONSchema { self.length(length).format(.password) }
}

extension Format {
    fileprivate static let password = Format("password", expectation: "a password", pattern: #"^[^\u0000-\u001f\u007f-\u009f]*$"#) {
        PasswordProfile.prepare($0) != nil
    }
}

extension PasswordProfile {
    /// What is wrong with a password; its own characters are not told.
    fileprivate static func fault(of password: String, _ length: Bounds<Int>) -> (rule: String, message: String)? {
        guard let prepared = prepare(password) else {
            let isOfLength = (1...textLimit).contains(password.utf8.count)
            return isOfLength
                ? ("password", "must not have control characters, or more than 30 combining marks in a row")
                : ("length", length.words(of: "character"))
        }
        return length.contains(prepared.unicodeScalars.count) ? nil : ("length", length.words(of: "character"))
    }
}
