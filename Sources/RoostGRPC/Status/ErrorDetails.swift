import Roost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A problem as the details of a status: a `google.rpc.Status` that contains, packed as `google.protobuf.Any`, the messages of googleapis'
/// `error_details.proto`: `ErrorInfo` (the problem's type, title and HTTP status), `BadRequest` (the faults), `RetryInfo` and
/// `RequestInfo`.
enum ErrorDetails {
    /// The field with the details, in base64.
    static let field = "grpc-status-details-bin"

    static func encode(_ problem: Problem, _ code: StatusCode, requestID: String) -> String {
        var status = ProtobufWriter()
        status.field(1, Int32(code.rawValue))
        status.field(2, problem.detail ?? problem.title)
        status.any("google.rpc.ErrorInfo", errorInfo(of: problem))
        if !problem.errors.isEmpty { status.any("google.rpc.BadRequest", badRequest(of: problem.errors)) }
        if let seconds = problem.headers["retry-after"].flatMap({ Int64($0) }) { status.any("google.rpc.RetryInfo", retryInfo(seconds)) }
        var request = ProtobufWriter()
        request.field(1, requestID)
        status.any("google.rpc.RequestInfo", request)
        return Data(status.bytes).base64EncodedString()
    }

    /// Returns the problem in the details, or `nil` if they cannot be read or contain no more than the status.
    static func decode(_ text: String) -> Problem? {
        // Padding may be omitted (gRPC over HTTP2, "Binary-Header").
        let padded = text + String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        guard let data = Data(base64Encoded: padded) else { return nil }
        return try? problem(in: Array(data))
    }

    private static let domain = "roost"
    /// The prefix of a message's name in a `google.protobuf.Any`.
    fileprivate static let prefix = "type.googleapis.com/"

    /// `ErrorInfo`: the reason is the problem's code in capitals, as that message asks for; the rest is metadata.
    private static func errorInfo(of problem: Problem) -> ProtobufWriter {
        var info = ProtobufWriter()
        info.field(1, problem.code.rawValue.uppercased())
        info.field(2, domain)
        var metadata = ["status": String(problem.status.code), "type": problem.type, "title": problem.title]
        if problem.detail == nil { metadata["silent"] = "true" }
        for (name, value) in problem.headers.fields where keptHeaders.contains(name.lowercased()) { metadata[name.lowercased()] = value }
        info.field(3, metadata)
        return info
    }

    /// Returns a `BadRequest`: for each violation the field (a JSON pointer), the description and the reason (the rule).
    private static func badRequest(of faults: [Fault]) -> ProtobufWriter {
        var request = ProtobufWriter()
        for fault in faults {
            request.delimited(1) { violation in
                violation.field(1, fault.pointer)
                violation.field(2, fault.message)
                violation.field(3, fault.rule)
            }
        }
        return request
    }

    private static let keptHeaders = ["retry-after", "allow", "www-authenticate"]

    /// Returns a `RetryInfo` with a `google.protobuf.Duration`.
    private static func retryInfo(_ seconds: Int64) -> ProtobufWriter {
        var info = ProtobufWriter()
        info.delimited(1) { $0.field(1, seconds) }
        return info
    }

    private static func problem(in status: [UInt8]) throws(DecodingFailure) -> Problem? {
        let fields = try Protobuf.fields(of: status)
        var details: [String: [ProtobufField]] = [:]
        for field in fields where field.number == 3 {
            let detail = try Protobuf.fields(of: field.bytes)
            let type = detail.first { $0.number == 1 }?.text ?? ""
            details[type] = try Protobuf.fields(of: detail.first { $0.number == 2 }?.bytes ?? [])
        }
        let faults = try faults(in: details[prefix + "google.rpc.BadRequest"] ?? [])
        let message = fields.first { $0.number == 2 }?.text ?? ""
        guard var problem = try problem(from: details[prefix + "google.rpc.ErrorInfo"] ?? []) else {
            return try foreign(fields, message, faults, details[prefix + "google.rpc.RetryInfo"] ?? [])
        }
        problem.errors = faults
        if problem.detail != nil { problem.detail = message }
        return problem
    }

    /// Returns the problem in details that another implementation made.
    private static func foreign(
        _ status: [ProtobufField], _ message: String, _ faults: [Fault], _ retry: [ProtobufField]
    ) throws(DecodingFailure) -> Problem? {
        guard case .number(let code) = status.first(where: { $0.number == 1 })?.content, !faults.isEmpty || !retry.isEmpty else {
            return nil
        }
        var headers = Headers()
        if let delay = retry.first(where: { $0.number == 1 }) {
            let seconds = try Protobuf.fields(of: delay.bytes).first { $0.number == 1 }?.content
            if case .number(let seconds) = seconds { headers["retry-after"] = String(max(0, Int64(bitPattern: seconds))) }
        }
        let known = Int(exactly: code).flatMap(StatusCode.init(rawValue:)) ?? .unknown
        guard known != .ok else { return nil }
        return Problem(known.status, message.isEmpty ? nil : message, errors: faults, headers: headers)
    }

    private static func problem(from info: [ProtobufField]) throws(DecodingFailure) -> Problem? {
        guard info.first(where: { $0.number == 2 })?.text == domain else { return nil }
        var metadata: [String: String] = [:]
        for entry in info where entry.number == 3 {
            let pair = try Protobuf.fields(of: entry.bytes)
            metadata[pair.first { $0.number == 1 }?.text ?? ""] = pair.first { $0.number == 2 }?.text ?? ""
        }
        guard let code = metadata["status"].flatMap({ Int($0) }), (400..<600).contains(code) else { return nil }
        let headers = Headers(metadata.filter { keptHeaders.contains($0.key) }.map { ($0.key, $0.value) })
        let reason = info.first { $0.number == 1 }?.text?.lowercased()
        return Problem(
            Status(code), metadata["silent"] == nil ? "" : nil, code: reason.map(Problem.Code.init(rawValue:)),
            type: metadata["type"] ?? "about:blank", title: metadata["title"],
            headers: headers)
    }

    private static func faults(in request: [ProtobufField]) throws(DecodingFailure) -> [Fault] {
        var faults: [Fault] = []
        for violation in request where violation.number == 1 {
            let texts = Dictionary(try Protobuf.fields(of: violation.bytes).map { ($0.number, $0.text ?? "") }, uniquingKeysWith: { $1 })
            faults.append(Fault(pointer: texts[1] ?? "", rule: texts[3] ?? "", message: texts[2] ?? ""))
        }
        return faults
    }
}

extension ProtobufWriter {
    /// Writes a `google.protobuf.Any` as field 3.
    fileprivate mutating func any(_ type: String, _ message: borrowing ProtobufWriter) {
        let bytes = message.bytes
        delimited(3) { any in
            any.field(1, ErrorDetails.prefix + type)
            any.field(2, bytes: bytes)
        }
    }
}
