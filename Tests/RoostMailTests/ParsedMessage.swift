import Foundation
import Roost

/// A message as read by Python's `email` package.
struct ParsedMessage: Decodable {
    let headers: [String: String]
    let type: String
    let parts: [String: String]
    let defects: [String]

    private static let program = """
        import email, email.policy, json, sys
        m = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)
        h = {k.lower(): str(v) for k, v in m.items()}
        for k in ("from", "to"):
            a = m[k].addresses[0]
            h[k] = a.display_name + "|" + a.addr_spec if a.display_name else a.addr_spec
        h["date"] = m["date"].datetime.isoformat()
        h["weekday"] = m["date"].datetime.strftime("%a")
        d = [str(x) for v in m.values() for x in v.defects] + [str(x) for p in m.walk() for x in p.defects]
        parts = {p.get_content_type(): p.get_content().replace("\\r\\n", "\\n") for p in m.walk() if not p.is_multipart()}
        json.dump({"headers": h, "type": m.get_content_type(), "parts": parts, "defects": d}, sys.stdout)
        """

    private static let pool = BlockingPool("python", threads: 2, limit: 100)

    init(_ message: [UInt8]) async throws {
        let output = try await Self.pool.run { try Self.python(Data(message)) }
        self = try JSONDecoder().decode(ParsedMessage.self, from: output)
    }

    /// Input and output are files, because reading from a pipe can be interrupted by a signal, and Foundation does not try again.
    private static func python(_ input: Data) throws -> Data {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("roost-mail-" + UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let source = folder.appendingPathComponent("message"), result = folder.appendingPathComponent("json")
        try input.write(to: source)
        try Data().write(to: result)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", program]
        process.standardInput = try FileHandle(forReadingFrom: source)
        process.standardOutput = try FileHandle(forWritingTo: result)
        try process.run()
        process.waitUntilExit()
        return try Data(contentsOf: result)
    }
}
