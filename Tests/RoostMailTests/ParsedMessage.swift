import Foundation
import TestTools

/// A message as read by Python's `email` package.
struct ParsedMessage: Decodable {
    /// A part with a name or an identifier.
    struct File: Decodable, Equatable {
        let name: String?
        let type: String
        let disposition: String?
        let id: String?
        let content: Data
    }

    let headers: [String: String]
    /// The names of the header fields, in order.
    let fields: [String]
    let type: String
    let parts: [String: String]
    /// The types of the parts: `multipart/alternative(text/plain,text/html)`.
    let structure: String
    let files: [File]
    let defects: [String]

    private static let program = """
        import base64, email, email.policy, json, sys
        def shape(p):
            inner = ",".join(shape(x) for x in p.iter_parts()) if p.is_multipart() else ""
            return p.get_content_type() + ("(" + inner + ")" if inner else "")
        def parsed(data):
            m = email.message_from_bytes(data, policy=email.policy.default)
            h = {k.lower(): str(v) for k, v in m.items()}
            for k in ("from", "to"):
                a = m[k].addresses[0]
                h[k] = a.display_name + "|" + a.addr_spec if a.display_name else a.addr_spec
            h["date"] = m["date"].datetime.isoformat()
            h["weekday"] = m["date"].datetime.strftime("%a")
            d = [str(x) for p in m.walk() for v in p.values() for x in v.defects] + [str(x) for p in m.walk() for x in p.defects]
            leaves = [p for p in m.walk() if not p.is_multipart()]
            texts = {p.get_content_type(): p.get_content().replace("\\r\\n", "\\n") for p in leaves if p.get_content_disposition() is None}
            files = [{"name": p.get_filename(), "type": p.get_content_type(), "disposition": p.get_content_disposition(),
                "id": p["content-id"], "content": base64.b64encode(p.get_payload(decode=True)).decode()}
                for p in leaves if p.get_content_disposition() is not None]
            return {"headers": h, "fields": m.keys(), "type": m.get_content_type(), "parts": texts, "structure": shape(m), "files": files,
                "defects": d}
        json.dump([parsed(base64.b64decode(x)) for x in json.load(sys.stdin)], sys.stdout)
        """

    init(_ message: [UInt8]) async throws { self = try await Self.all([message])[0] }

    /// Reads several messages in one run.
    static func all(_ messages: [[UInt8]]) async throws -> [ParsedMessage] {
        let input = try JSONEncoder().encode(messages.map { Data($0) })
        let python = try await Tool.run("python3", ["-c", program], input: Array(input), includesErrors: false)
        return try JSONDecoder().decode([ParsedMessage].self, from: Data(python.output.utf8))
    }
}
