import Foundation
import Roost

/// TCP ports of the loopback address that nobody listens on.
enum FreePorts {
    /// - Returns: `count` different ports. All are held until all are found, so that none comes twice.
    static func find(_ count: Int) throws(ConfigurationError) -> [Int] {
        var sockets: [Int32] = []
        defer { for socket in sockets { close(socket) } }
        var ports: [Int] = []
        for _ in 0..<count {
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            guard descriptor >= 0 else { throw ConfigurationError("no socket can be had: \(String(cString: strerror(errno)))") }
            sockets.append(descriptor)
            guard let port = bind(descriptor) else { throw ConfigurationError("no free port can be had on 127.0.0.1") }
            ports.append(port)
        }
        return ports
    }

    /// Binds to a port that the system chooses.
    private static func bind(_ descriptor: Int32) -> Int? {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        return withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                guard Glibc.bind(descriptor, generic, length) == 0, getsockname(descriptor, generic, &length) == 0 else { return nil }
                return Int(UInt16(bigEndian: pointer.pointee.sin_port))
            }
        }
    }
}
