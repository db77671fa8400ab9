import Foundation
import Logging
import Roost
import RoostHTTP
import RoostTLS
import RoostTesting
import TestTools
import Testing

/// A self-signed certificate, and a server that uses it.
private struct Secured {
    let folder: TemporaryFolder
    let server: HTTPServer
    var address: HTTPAddress { HTTPAddress(host: "localhost", port: server.port) }
    var certificate: String { folder.file("cert.pem") }

    init(_ limits: HTTPLimits = HTTPLimits()) async throws {
        folder = try TemporaryFolder()
        try await Self.makeCertificate(in: folder)
        let tls = try ServerTLS(certificateChain: folder.file("cert.pem"), privateKey: folder.file("key.pem"))
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        server = try await HTTPServer.start(.init(port: 0, limits: limits, security: tls), logger: logger) { request, _ in
            let body = try await request.body.collect(upTo: 1 << 20)
            return .text("\(request.version) \(body.count)")
        }
    }

    static func makeCertificate(in folder: TemporaryFolder, name: String = "cert") async throws {
        let tool = try await Tool.run(
            "openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                "-keyout", name == "cert" ? "key.pem" : "\(name)-key.pem", "-out", "\(name).pem",
            ], in: folder.url)
        #expect(tool.status == 0, "\(tool.output)")
    }

    func curl(_ arguments: String...) async throws -> Tool {
        try await Tool.run(
            "curl", ["--silent", "--show-error", "--cacert", certificate] + arguments + ["https://localhost:\(server.port)/"])
    }
}

@Suite(.timeLimit(.minutes(5))) struct TLSTests {
    @Test func theHandshakeDecidesTheVersion() async throws {
        let secured = try await Secured()
        #expect(try await secured.curl("--http2").output == "http2 0")
        #expect(try await secured.curl("--http1.1").output == "http1 0")
        #expect(try await secured.curl("--no-alpn").output == "http1 0")
        #expect(try await secured.curl("--http2", "--tls-max", "1.2", "--data", "abc").output == "http2 3")
        #expect(try await secured.curl("--tls-max", "1.1", "--tlsv1.0").status != 0)
        await secured.server.stop(within: .seconds(5))
    }

    @Test func clientsGoOnOnlyWithWhomTheyTrust() async throws {
        let secured = try await Secured()
        var configuration = HTTP2Connection.Configuration()
        configuration.connectTimeout = .seconds(10)
        configuration.security = try ClientTLS(trustRoots: secured.certificate)
        let connection = try await HTTP2Connection.open(to: secured.address, configuration)
        let body = Body.bytes([UInt8](repeating: 1, count: 500_000))
        let response = try await connection.send(Request(.post, "/", body: body))
        #expect(try await response.body.collect(upTo: 100) == Array("http2 500000".utf8))
        let byAddress = try await HTTP2Connection.open(to: HTTPAddress(host: "127.0.0.1", port: secured.server.port), configuration)
        #expect(try await byAddress.send(Request(.get, "/")).status == .ok)

        var ofHTTP1 = PooledHTTPClient.Configuration()
        ofHTTP1.security = configuration.security
        let client = PooledHTTPClient(ofHTTP1)
        let answer = try await client.send(Request(.post, "/", body: body), to: secured.address)
        #expect(try await answer.body.collect(upTo: 100) == Array("http1 500000".utf8))
        client.shutdown()

        configuration.security = try ClientTLS()
        await #expect(throws: Problem.self) { try await HTTP2Connection.open(to: secured.address, configuration) }
        ofHTTP1.security = configuration.security
        let stranger = PooledHTTPClient(ofHTTP1)
        await #expect(throws: Problem.self) { try await stranger.send(Request(.get, "/"), to: secured.address) }
        stranger.shutdown()
        await secured.server.stop(within: .seconds(5))
    }

    @Test func whoDoesNotShakeHandsIsCutOff() async throws {
        var limits = HTTPLimits()
        limits.headTimeout = .milliseconds(200)
        let secured = try await Secured(limits)
        let plain = try await Tool.run("curl", ["--silent", "--http2-prior-knowledge", "http://localhost:\(secured.server.port)/"])
        #expect(plain.status != 0 && plain.output.isEmpty)
        // Nothing is sent; the server's time limit ends it.
        let silent = try await Tool.run("bash", ["-c", "exec 3<>/dev/tcp/127.0.0.1/\(secured.server.port); cat <&3 | wc -c"])
        #expect(silent.status == 0 && silent.output.trimmingCharacters(in: .whitespacesAndNewlines) == "0")
        await secured.server.stop(within: .seconds(5))
    }

    @Test func manyRequestsOverTLS() async throws {
        let secured = try await Secured()
        let tool = try await Tool.run(
            "h2load", ["-n1000", "-c4", "-m20", "-d", "/etc/passwd", "https://localhost:\(secured.server.port)/"])
        #expect(tool.output.contains("1000 succeeded, 0 failed, 0 errored, 0 timeout"), "\(tool.output)")
        #expect(tool.output.contains("Application protocol: h2"))
        await secured.server.stop(within: .seconds(5))
    }

    @Test func wrongFilesAreSaidInOneLine() async throws {
        let folder = try TemporaryFolder()
        try await Secured.makeCertificate(in: folder)
        try await Secured.makeCertificate(in: folder, name: "other")
        let (certificate, key) = (folder.file("cert.pem"), folder.file("key.pem"))
        for (chain, privateKey) in [
            ("/nowhere.pem", key), (certificate, "/nowhere.pem"), (key, key), (certificate, folder.file("other-key.pem")),
        ] {
            let error = #expect(throws: ConfigurationError.self) { try ServerTLS(certificateChain: chain, privateKey: privateKey) }
            #expect(error.map { $0.description.contains("\n") } == false)
        }
        #expect(throws: ConfigurationError.self) { try ClientTLS(trustRoots: key) }
    }
}
