import Foundation

/// Starts programs. (Foundation's `Process` leaks descriptors, and fails with more than a thousand of them.)
enum Spawn {
    /// Starts a program.
    /// - Parameters:
    ///   - environment: The complete environment.
    ///   - input: The program's standard input.
    ///   - output: The program's standard output and standard error. Other open descriptors are inherited only if they are marked so.
    /// - Returns: The process identifier.
    /// - Throws: A `POSIXError`.
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
        // Signals are reset as for a new process; otherwise, those that are ignored or blocked here would be so there too.
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

    /// Passes texts as a null-terminated array, as exec(3) needs it.
    private static func withCStrings(
        _ texts: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Int32
    ) -> Int32 {
        var pointers = texts.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        return pointers.withUnsafeMutableBufferPointer { $0.baseAddress.map(body) ?? EINVAL }
    }
}

/// Two connected sockets that no other started program inherits. (A pipe needs two steps for that, between which a program may be started.)
struct SocketPair {
    let ours: Int32
    let theirs: Int32

    /// Creates the sockets.
    /// - Throws: A `POSIXError`, for example if too many files are open.
    init() throws(POSIXError) {
        var pair: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &pair) == 0 else {
            throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
        }
        (ours, theirs) = (pair[0], pair[1])
    }
}
