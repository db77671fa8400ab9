import Foundation
import RoostTesting

/// A mail server that is not ours (aiosmtpd). It ends when nothing refers to it any more.
public struct MailServer: Sendable {
    /// A mail that the server has taken.
    public struct Received: Decodable, Sendable {
        /// The return path.
        public let sender: String
        /// The receivers that the client named.
        public let receivers: [String]
        /// Whether the connection used TLS.
        public let isSecured: Bool
        /// How the client signed in; `nil` if it did not.
        public let mechanism: String?
        /// The message.
        public let message: Data
    }

    /// The port on the loopback address.
    public let port: Int
    private let process: TestProcess

    /// Starts a server.
    /// - Parameters:
    ///   - arguments: Options of `mail_server.py`, such as `--starttls`.
    ///   - certificates: The server's certificate, if it uses TLS.
    public static func start(_ arguments: String..., with certificates: Certificates? = nil) async throws -> MailServer {
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "mail_server.py").path
        let process = try await TestProcess.python(script, arguments + (certificates?.arguments ?? []))
        guard let port = await process.line().flatMap({ Int($0) }) else { throw failure("it printed no port") }
        return MailServer(port: port, process: process)
    }

    /// Waits for the next mail that the server takes.
    public func next() async throws -> Received {
        var text = ""
        // An empty line is the end of a mail.
        while let line = await process.line() {
            if line.isEmpty { return try JSONDecoder().decode(Received.self, from: Data(text.utf8)) }
            text += line
        }
        throw Self.failure("it ended")
    }

    private static func failure(_ reason: String) -> TestProcess.Failure { .init(executable: "mail_server.py", reason: reason) }

    /// A certificate for `localhost`, and the authority that has issued it and that nobody knows.
    public struct Certificates: Sendable {
        private let folder: TemporaryFolder

        /// The path of the authority's certificate.
        public var authority: String { folder.file("ca.pem") }
        fileprivate var arguments: [String] { ["--certificate", folder.file("cert.pem"), "--key", folder.file("key.pem")] }

        /// Makes an authority and a certificate.
        public static func make() async throws -> Certificates {
            let folder = try TemporaryFolder()
            let script = """
                openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=authority -keyout ca.key -out ca.pem &&
                openssl req -newkey rsa:2048 -nodes -subj /CN=localhost -keyout key.pem -out request.pem &&
                echo subjectAltName=DNS:localhost > names &&
                openssl x509 -req -in request.pem -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names -out cert.pem
                """
            let made = try await Tool.run("sh", ["-c", script], in: folder.url)
            guard made.status == 0 else { throw TestProcess.Failure(executable: "openssl", reason: made.output) }
            return Certificates(folder: folder)
        }
    }
}
