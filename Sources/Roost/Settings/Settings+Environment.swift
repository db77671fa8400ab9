#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension Settings {
    /// The process's environment, which is read once, at the first use.
    public static let environment = Settings(readEnvironment())

    private static func readEnvironment() -> [String: String] {
        var values: [String: String] = [:]
        var next = environ
        while let entry = next.pointee {
            let text = String(cString: entry)
            if let split = text.firstIndex(of: "=") { values[String(text[..<split])] = String(text[text.index(after: split)...]) }
            next += 1
        }
        return values
    }
}
