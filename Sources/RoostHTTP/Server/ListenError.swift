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
    /// The reasons why a server cannot listen.
    public enum Reason: Hashable, Sendable {
        /// Another socket is listening there.
        case portTaken
        /// The process may not listen there, for example on a port below 1024.
        case notPermitted
        /// The host is not an address of this machine.
        case unknownHost
        /// Any other error of the operating system, such as too many open files, by its number (errno(3)).
        case system(Int32)
    }

    /// The host on which the server should have listened.
    public let host: String
    /// The port on which the server should have listened.
    public let port: Int
    /// Why the server cannot listen there.
    public let reason: Reason

    /// Creates the error for a system error.
    /// - Parameter number: The number of the system error (errno(3)).
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

    /// Creates an error.
    public init(_ host: String, _ port: Int, _ reason: Reason) {
        (self.host, self.port, self.reason) = (host, port, reason)
    }

    /// Creates the error, or returns `nil` if another error is not about listening.
    init?(_ host: String, _ port: Int, _ error: any Error) {
        switch error {
        case let error as IOError: self.init(host, port, errno: error.errnoCode)
        case is SocketAddressError, is SocketAddressError.UnknownHost: self.init(host, port, .unknownHost)
        default: return nil
        }
    }

    /// Transient for other system errors, because resources may become available. The other reasons persist until somebody changes
    /// something.
    public var failureKind: FailureKind {
        if case .system = reason { .transient } else { .permanent }
    }

    /// What failed and why, for a log.
    public var description: String {
        let place = HTTPAddress(host: host, port: port)
        return switch reason {
        case .portTaken: "cannot listen on \(place): another process listens there"
        case .notPermitted: "cannot listen on \(place): this process may not use the port"
        case .unknownHost: "cannot listen on \(place): \(host) is not an address of this machine"
        case .system(let number): "cannot listen on \(place): \(String(cString: strerror(number)))"
        }
    }

    /// Returns the error as the error of a setting, if a setting is the cause.
    /// - Parameters:
    ///   - portKey: The setting with the port.
    ///   - value: The value of the setting, if it is more than the port.
    ///   - hostKey: The setting with the host.
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
