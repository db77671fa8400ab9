import Foundation
import TestTools

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

    init(_ message: [UInt8]) async throws {
        let python = try await Tool.run("python3", ["-c", Self.program], input: message, includesErrors: false)
        self = try JSONDecoder().decode(ParsedMessage.self, from: Data(python.output.utf8))
    }
}
