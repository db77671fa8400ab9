#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The file descriptors of the process, which all connections share.
enum Descriptors {
    /// Raises the limit of descriptors as far as the operating system allows, and returns it. The initial limit is often much lower.
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
    /// Returns the limits with fewer connections, so that a quarter of the descriptors is left for everything else.
    func fitting(descriptors: Int) -> HTTPLimits {
        var limits = self
        limits.connections = max(1, min(connections, descriptors / 4 * 3))
        if connectionShare < connections { limits.connectionShare = max(1, min(connectionShare, limits.connections / 2)) }
        return limits
    }
}
