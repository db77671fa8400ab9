import Foundation

/// Starts programs. (Foundation's `Process` leaves descriptors behind for each, and does not survive a process with more than a thousand.)
enum Spawn {
    /// - Parameters:
    ///   - environment: all of it.
    ///   - input: what it gets as standard input.
    ///   - output: what it gets as standard output and standard error. Nothing else that is open here is inherited but by its own wish.
    /// - Returns: the process's number.
    /// - Throws: a `POSIXError`.
    static func start(
        _ path: String, _ arguments: [String], _ environment: [String: String], input: Int32, output: Int32
    ) throws(POSIXError) -> Int32 {
        var actions = posix_spawn_file_actions_t(), attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        for (ours, theirs) in [(input, STDIN_FILENO), (output, STDOUT_FILENO), (output, STDERR_FILENO)] {
            posix_spawn_file_actions_adddup2(&actions, ours, theirs)
        }
        // Signals are as a new process has them: what is ignored or blocked here would be there too.
        var all = sigset_t(), none = sigset_t()
        sigfillset(&all)
        sigemptyset(&none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP))
        var identifier: pid_t = 0
        let code = withCStrings([path] + arguments) { arguments in
            withCStrings(environment.map { "\($0)=\($1)" }) { environment in
                posix_spawn(&identifier, path, &actions, &attributes, arguments, environment)
            }
        }
        guard code == 0 else { throw POSIXError(POSIXErrorCode(rawValue: code) ?? .EIO) }
        return identifier
    }

    /// Lends texts as an array that a null pointer ends, as exec(3) wants it.
    private static func withCStrings(
        _ texts: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Int32
    ) -> Int32 {
        var pointers = texts.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        return pointers.withUnsafeMutableBufferPointer { $0.baseAddress.map(body) ?? EINVAL }
    }
}

/// Two sockets, each the other's end, which no program inherits that is started beside. (Pipes can be made so only in two steps, and one
/// may be started between them.)
struct SocketPair {
    let ours: Int32
    let theirs: Int32

    /// - Throws: a `POSIXError`, as where too many files are open.
    init() throws(POSIXError) {
        var pair: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &pair) == 0 else {
            throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
        }
        (ours, theirs) = (pair[0], pair[1])
    }
}
