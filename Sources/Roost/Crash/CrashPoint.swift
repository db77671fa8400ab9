#if DEBUG
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif
#endif

/// The places of a program between two durable operations, such as two commits, at which a test can end the process.
///
/// A type that conforms lists the places of a module or a system, so that a test can go through all of them:
///
///     enum InvoicePlace: String, CrashPoint {
///         case written = "invoices.written"
///     }
///     InvoicePlace.written.reach()
///
/// In debug builds, `CRASH_AT` in the environment is the path of a file that names a place, such as `invoices.written`, or
/// `invoices.written:3` for the third time that a process reaches it. The process that reaches it renames the file by adding `.reached`, and
/// ends by SIGKILL. While there is no such file, nothing happens. Release builds have no trace of it.
public protocol CrashPoint: RawRepresentable<String>, CaseIterable, Sendable {}

extension CrashPoint {
    /// Ends the process if a test has asked for this place.
    @inlinable
    public func reach() {
        #if DEBUG
        CrashWatch.shared?.reach(rawValue)
        #endif
    }
}

#if DEBUG
/// Waits for the place that the file names.
@usableFromInline
final class CrashWatch: Sendable {
    @usableFromInline static let shared = getenv("CRASH_AT").map { CrashWatch(path: String(cString: $0)) }

    private let path: String
    /// What the file said last, and how often its place was reached since then.
    private let passed = Mutex<(wanted: String, count: Int)>(("", 0))

    private init(path: String) { self.path = path }

    @usableFromInline
    func reach(_ place: String) {
        guard let wanted = wanted() else { return }
        let parts = wanted.split(separator: ":")
        guard parts.first.map(String.init) == place else { return }
        let count = passed.withLock { passed in
            passed = passed.wanted == wanted ? (wanted, passed.count + 1) : (wanted, 1)
            return passed.count
        }
        // The process that renames the file is the one that ends.
        guard count == (parts.count > 1 ? Int(parts[1]) : 1), rename(path, path + ".reached") == 0 else { return }
        kill(getpid(), SIGKILL)
    }

    /// The content of the file, or `nil` if there is none.
    private func wanted() -> String? {
        guard let file = fopen(path, "re") else { return nil }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        guard fgets(&line, Int32(line.count), file) != nil else { return nil }
        return String(decoding: line.prefix { $0 > 32 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
#endif
