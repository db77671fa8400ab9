import Foundation
import Roost
import RoostHTTP

/// TCP ports that are reserved for the processes of a system, even while these are started or restarted.
///
/// Each is held by a socket that is bound but does not listen. Linux then gives the port to nobody who asks for any port, but lets
/// processes listen that ask for this one, because both set SO_REUSEADDR (socket(7), ip(7)).
package struct ReservedPorts {
    package private(set) var numbers: [Int] = []
    private var sockets: [Int32] = []

    /// Free ports of the loopback address.
    /// - Throws: A `TransportError` if there are none.
    package init(_ count: Int) throws(TransportError) {
        for _ in 0..<count {
            do {
                numbers.append(try add(host: "127.0.0.1", port: 0))
            } catch {
                release()
                throw error
            }
        }
    }

    /// Keeps one more.
    /// - Parameter port: which; 0 for a free one.
    /// - Returns: its number.
    /// - Throws: A `TransportError` if another process listens there.
    mutating func add(host: String, port: Int) throws(TransportError) -> Int {
        var addresses: UnsafeMutablePointer<addrinfo>?
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        guard getaddrinfo(host, String(port), &hints, &addresses) == 0, let address = addresses?.pointee else {
            throw TransportError(listeningOn: host, port, .unknownHost)
        }
        defer { freeaddrinfo(addresses) }
        let descriptor = socket(address.ai_family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw TransportError(listeningOn: host, port, errno: errno) }
        guard let number = Self.bind(descriptor, to: address) else {
            let error = TransportError(listeningOn: host, port, errno: errno)
            close(descriptor)
            throw error
        }
        sockets.append(descriptor)
        return number
    }

    /// Releases the ports.
    package func release() { for socket in sockets { close(socket) } }

    /// Binds a socket.
    /// - Returns: The port; `nil` with the reason in `errno` if that fails.
    private static func bind(_ descriptor: Int32, to address: addrinfo) -> Int? {
        var yes: Int32 = 1
        guard setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size)) == 0,
            Glibc.bind(descriptor, address.ai_addr, address.ai_addrlen) == 0
        else { return nil }
        var bound = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutablePointer(to: &bound) { pointer in
            let got = pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
            guard got == 0 else { return nil }
            // The port is at the same place in addresses of both families.
            return pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { Int(UInt16(bigEndian: $0.pointee.sin_port)) }
        }
    }
}
