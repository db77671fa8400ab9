import Foundation

/// The file in which passwords are kept outside of URLs: a line `HOST:PORT:DATABASE:USER:PASSWORD` each, of which `*` matches anything
/// (https://www.postgresql.org/docs/current/libpq-pgpass.html).
struct PasswordFile {
    private let lines: [[String]]

    init(text: String) {
        lines = text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map(Self.fields).filter { $0.count == 5 }
    }

    /// Reads the file, unless others can read it too.
    /// - Parameter path: Its path; by default that of libpq.
    init?(_ path: String?, _ environment: [String: String]) {
        guard let path = path ?? environment["HOME"].map({ $0 + "/.pgpass" }),
            let mode = try? FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int, mode & 0o077 == 0,
            let text = try? String(contentsOfFile: path, encoding: .utf8)
        else { return nil }
        self.init(text: text)
    }

    /// Returns the password of the first line that matches one of the hosts.
    func password(for configuration: PostgresConfiguration) -> String? {
        for host in configuration.hosts {
            let wanted = [host.host, String(host.port), configuration.database, configuration.user]
            if let line = lines.first(where: { line in zip(line, wanted).allSatisfy { $0 == "*" || $0 == $1 } }) { return line[4] }
        }
        return nil
    }

    /// Splits a line at its colons, of which those after a backslash are part of a field.
    private static func fields(_ line: Substring) -> [String] {
        var fields = [""], isEscaped = false
        for character in line {
            if isEscaped || character != "\\" && (character != ":" || fields.count == 5) {
                fields[fields.count - 1].append(character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else {
                fields.append("")
            }
        }
        return fields
    }
}
