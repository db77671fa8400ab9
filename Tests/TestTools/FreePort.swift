import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Below the ports that Linux gives to outgoing connections and to servers that ask for any (`ip_local_port_range`), so that none of these takes a
/// port between its choice and the start of its server, or while its server is restarted.
private let ports = 20_000..<32_768
private let first = Int.random(in: ports)
private let count = Atomic(0)

/// Returns a port of the loopback address that nothing listens on, and a different one each time.
public func freePort() throws -> Int {
    for _ in ports {
        let next = count.add(1, ordering: .relaxed).oldValue
        let port = ports.lowerBound + (first - ports.lowerBound + next) % ports.count
        if try isFree(port) { return port }
    }
    throw RawSocket.Failure(call: "bind", code: EADDRINUSE)
}

private func isFree(_ port: Int) throws -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw RawSocket.Failure(call: "socket", code: errno) }
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    return withUnsafeMutablePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
        }
    }
}
