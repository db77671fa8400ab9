#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The files and sockets that the process may have open at the same time, which all of its connections share.
enum Descriptors {
    /// Raises the limit as far as the system allows a process to, and returns it: often only a small part of that is granted at first.
    static func raiseLimit() -> Int {
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return 1024 }
        let most = min(limit.rlim_max, rlim_t(1 << 16))
        if limit.rlim_cur < most {
            var raised = limit
            raised.rlim_cur = most
            if setrlimit(resource, &raised) == 0 { limit = raised }
        }
        return Int(clamping: limit.rlim_cur)
    }

    #if canImport(Glibc)
    private static var resource: Int32 { Int32(RLIMIT_NOFILE.rawValue) }
    #else
    private static var resource: Int32 { RLIMIT_NOFILE }
    #endif
}

extension HTTPLimits {
    /// The same, with no more connections than leave a quarter of the descriptors for all else.
    func fitting(descriptors: Int) -> HTTPLimits {
        var limits = self
        limits.connections = max(1, min(connections, descriptors / 4 * 3))
        if connectionShare < connections { limits.connectionShare = max(1, min(connectionShare, limits.connections / 2)) }
        return limits
    }
}
