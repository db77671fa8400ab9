import Foundation
import Roost

/// TCP ports of the loopback address that are kept for the processes of a system, also while these start or start again.
///
/// A socket that is bound and does not listen holds each: Linux then gives the port to nobody who asks for any, and lets who asks for that
/// one listen, as both set SO_REUSEADDR (socket(7), ip(7)).
struct ReservedPorts {
    let numbers: [Int]
    private let sockets: [Int32]

    init(_ count: Int) throws(ConfigurationError) {
        var numbers: [Int] = [], sockets: [Int32] = []
        for _ in 0..<count {
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            guard descriptor >= 0 else { throw Self.failure(closing: sockets) }
            sockets.append(descriptor)
            guard let number = Self.bind(descriptor) else { throw Self.failure(closing: sockets) }
            numbers.append(number)
        }
        (self.numbers, self.sockets) = (numbers, sockets)
    }

    /// Gives them up.
    func release() { for socket in sockets { close(socket) } }

    private static func failure(closing sockets: [Int32]) -> ConfigurationError {
        let reason = String(cString: strerror(errno))
        for socket in sockets { close(socket) }
        return ConfigurationError("no free port can be had on 127.0.0.1: \(reason)")
    }

    /// Binds to a port that the system chooses.
    private static func bind(_ descriptor: Int32) -> Int? {
        var yes: Int32 = 1
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        guard setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size)) == 0 else { return nil }
        return withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                guard Glibc.bind(descriptor, generic, length) == 0, getsockname(descriptor, generic, &length) == 0 else { return nil }
                return Int(UInt16(bigEndian: pointer.pointee.sin_port))
            }
        }
    }
}
