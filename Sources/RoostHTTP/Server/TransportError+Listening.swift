import NIOCore
import Roost

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension TransportError.Code {
    /// Another socket listens there.
    public static let portTaken = TransportError.Code(rawValue: "port_taken")
    /// This process may not listen there, as on a port below 1024.
    public static let portNotPermitted = TransportError.Code(rawValue: "port_not_permitted")
    /// The host is not an address of this machine.
    public static let unknownHost = TransportError.Code(rawValue: "unknown_host")
    /// The system refuses for another reason, such as too many open files.
    public static let cannotListen = TransportError.Code(rawValue: "cannot_listen")
}

/// Why a server cannot listen.
extension TransportError {
    /// Creates the error of a server that cannot listen.
    /// - Parameter number: What the system said (errno(3)).
    public init(listeningOn host: String, _ port: Int, errno number: Int32) {
        let code: Code =
            switch number {
            case EADDRINUSE: .portTaken
            case EACCES, EPERM: .portNotPermitted
            case EADDRNOTAVAIL, EAFNOSUPPORT: .unknownHost
            default: .cannotListen
            }
        self.init(listeningOn: host, port, code, number)
    }

    /// Creates the error of a server that cannot listen.
    /// - Parameters:
    ///   - code: Why not.
    ///   - number: What the system said (errno(3)).
    public init(listeningOn host: String, _ port: Int, _ code: Code, _ number: Int32 = 0) {
        let reason =
            switch code {
            case .portTaken: "another process listens there"
            case .portNotPermitted: "this process may not use the port"
            case .unknownHost: "\(host) is not an address of this machine"
            default: String(cString: strerror(number))
            }
        let place = Place(host: host, port: port)
        // What the system lacks for the moment may be there later; the rest lasts until someone changes it.
        self.init(
            code, "cannot listen on \(HTTPAddress(host: host, port: port)): \(reason)", place: place,
            failureKind: code == .cannotListen ? .transient : .permanent)
    }

    /// - Returns: `nil` if the error says nothing of listening.
    init?(listeningOn host: String, _ port: Int, _ error: any Error) {
        switch error {
        case let error as IOError: self.init(listeningOn: host, port, errno: error.errnoCode)
        case is SocketAddressError, is SocketAddressError.UnknownHost: self.init(listeningOn: host, port, .unknownHost)
        default: return nil
        }
    }

    /// Returns the error as one of the settings, if one of them is to blame.
    /// - Parameters:
    ///   - portKey: The setting that the port comes from.
    ///   - value: Its value, if that is more than the port.
    ///   - hostKey: The setting that the host comes from.
    public func naming(port portKey: String, value: String? = nil, host hostKey: String = "HOST") -> any Error {
        guard let place else { return self }
        let address = HTTPAddress(host: place.host, port: place.port)
        let given = value ?? String(place.port)
        return switch code {
        case .portTaken:
            ConfigurationError(key: portKey, value: given, allowed: "a free port: another process listens on \(address)")
        case .portNotPermitted: ConfigurationError(key: portKey, value: given, allowed: "a port that this process may listen on")
        case .unknownHost: ConfigurationError(key: hostKey, value: place.host, allowed: "an address of this machine")
        default: self
        }
    }
}
