/// Hides secrets in texts that people see: errors, log lines and descriptions.
public enum Redaction {
    /// The replacement of a secret. It does not reveal the secret's length.
    public static let mark = "***"

    /// Stands for credentials where a message says what the form of a URL is.
    private static let placeholder = "USER:PASSWORD"

    private static let words: Set<String> = ["KEY", "KEYS", "PASS", "PWD", "PIN", "AUTH", "SALT", "COOKIE", "SIGNATURE", "PRIVATE", "JWT"]
    private static let parts = ["SECRET", "PASSWORD", "PASSWD", "PASSPHRASE", "TOKEN", "CREDENTIAL", "AUTHORIZATION", "APIKEY"]

    /// Returns whether the value of a name is a secret, such as `SERVICE_KEY`, `ADMIN_PASSWORD` or the header field `x-service-key`.
    public static func isSecret(_ name: String) -> Bool {
        let name = name.uppercased()
        return name.split { "_-.".contains($0) }.contains { words.contains(String($0)) } || parts.contains { name.contains($0) }
    }

    /// Returns a setting's value as it may be shown: nothing of a secret, and a URL without its credentials.
    public static func setting(_ key: String, _ value: String) -> String {
        guard !isSecret(key) else { return mark }
        guard let query = value.firstIndex(of: "?"), value.contains(":") else { return authority(value) }
        let pairs = value[value.index(after: query)...].split(separator: "&", omittingEmptySubsequences: false).map { pair in
            let name = pair.prefix { $0 != "=" }
            return isSecret(String(name)) ? "\(name)=\(mark)" : String(pair)
        }
        // If an unescaped "?" is part of a password, the text after it up to the host is part of it too.
        return pairs.contains { $0.contains("@") }
            ? authority(value) : authority(String(value[..<query])) + "?" + pairs.joined(separator: "&")
    }

    /// Returns a text in which credentials are hidden: in URLs (`scheme://user:password@`), after `Bearer` and `Basic`, and in tokens.
    public static func text(_ text: String) -> String {
        let lower = text.lowercased()
        guard lower.contains("://") || text.contains("eyJ") || lower.contains("bearer") || lower.contains("basic") else { return text }
        var shown = "", run = "", previous = ""
        for character in text {
            if character.isWhitespace || "\"'<>`".contains(character) {
                shown += hidden(run, after: previous)
                shown.append(character)
                previous = run.isEmpty ? previous : run
                run = ""
            } else {
                run.append(character)
            }
        }
        return shown + hidden(run, after: previous)
    }

    /// Returns one run of characters without spaces, with its secrets hidden.
    private static func hidden(_ run: String, after previous: String) -> String {
        guard run.utf8.count > 7 else { return run }
        let before = previous.lowercased()
        if before.hasSuffix("bearer") || before.hasSuffix("basic"), isToken(run) { return mark }
        if run.lowercased().hasPrefix("bearer."), isToken(String(run.dropFirst(7))) { return "bearer." + mark }
        if let start = run.firstRange(of: "://")?.upperBound, let at = run.lastIndex(of: "@"), at >= start {
            return run[start..<at] == placeholder ? run : run[..<start] + mark + run[at...]
        }
        // A JSON Web Token begins with an object in base64 (RFC 7519 §3.1).
        if let token = run.firstRange(of: "eyJ"), run[token.lowerBound...].utf8.count >= 30 { return run[..<token.lowerBound] + mark }
        return run
    }

    /// Returns whether a run is too long, or too mixed, to be a word of a sentence.
    private static func isToken(_ run: String) -> Bool { run.utf8.count >= 20 || run.contains { $0.isNumber || $0 == "=" } }

    /// Returns a value without its userinfo (RFC 3986 §3.2.1). A password with an unescaped `/` or `@` is hidden completely, even if that
    /// hides too much, and so is text in the place of a port that is not a number.
    private static func authority(_ value: String) -> String {
        let start = value.firstRange(of: "://")?.upperBound ?? value.startIndex
        if let at = value.lastIndex(of: "@"), at >= start { return value[..<start] + mark + value[at...] }
        guard start > value.startIndex else { return value }
        let host = value[start...].prefix { !"/?#".contains($0) }
        guard !host.hasPrefix("["), let colon = host.firstIndex(of: ":"), host[colon...].dropFirst().contains(where: { !$0.isNumber })
        else {
            return value
        }
        return value[...colon] + mark + value[host.endIndex...]
    }
}
