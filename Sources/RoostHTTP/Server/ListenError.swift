import NIOCore
import Roost

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Why a server cannot listen.
public struct ListenError: ClassifiedError, Hashable, CustomStringConvertible {
    public enum Reason: Hashable, Sendable {
        /// Another socket listens there.
        case portTaken
        /// This process may not listen there, as on a port below 1024.
        case notPermitted
        /// The host is no address of this machine.
        case unknownHost
        /// Anything else that the system refuses, such as too many open files, by its number (errno(3)).
        case system(Int32)
    }

    public let host: String
    public let port: Int
    public let reason: Reason

    /// - Parameter number: what the system said (errno(3)).
    public init(_ host: String, _ port: Int, errno number: Int32) {
        let reason: Reason =
            switch number {
            case EADDRINUSE: .portTaken
            case EACCES, EPERM: .notPermitted
            case EADDRNOTAVAIL, EAFNOSUPPORT: .unknownHost
            default: .system(number)
            }
        self.init(host, port, reason)
    }

    public init(_ host: String, _ port: Int, _ reason: Reason) {
        (self.host, self.port, self.reason) = (host, port, reason)
    }

    /// - Returns: `nil` where the error says nothing of listening.
    init?(_ host: String, _ port: Int, _ error: any Error) {
        switch error {
        case let error as IOError: self.init(host, port, errno: error.errnoCode)
        case is SocketAddressError, is SocketAddressError.UnknownHost: self.init(host, port, .unknownHost)
        default: return nil
        }
    }

    /// What the system lacks for the moment may be there later; the rest lasts until someone changes it.
    public var failureKind: FailureKind {
        if case .system = reason { .transient } else { .permanent }
    }

    public var description: String {
        let place = HTTPAddress(host: host, port: port)
        return switch reason {
        case .portTaken: "cannot listen on \(place): another process listens there"
        case .notPermitted: "cannot listen on \(place): this process may not use the port"
        case .unknownHost: "cannot listen on \(place): \(host) is no address of this machine"
        case .system(let number): "cannot listen on \(place): \(String(cString: strerror(number)))"
        }
    }

    /// The error as one of the settings, where one of them is to blame.
    /// - Parameters:
    ///   - portKey: the setting that the port comes from.
    ///   - value: its value, where that is more than the port.
    ///   - hostKey: the setting that the host comes from.
    public func naming(port portKey: String, value: String? = nil, host hostKey: String = "HOST") -> any Error {
        let place = HTTPAddress(host: host, port: port)
        let given = value ?? String(port)
        return switch reason {
        case .portTaken:
            ConfigurationError(key: portKey, value: given, allowed: "a free port: another process listens on \(place)")
        case .notPermitted: ConfigurationError(key: portKey, value: given, allowed: "a port that this process may listen on")
        case .unknownHost: ConfigurationError(key: hostKey, value: host, allowed: "an address of this machine")
        case .system: self
        }
    }
}
