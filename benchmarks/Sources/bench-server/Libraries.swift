import ArgumentParser
import Foundation
import HTTPTypes
import Roost

/// Prints what Roost's own types take beside those of libraries, in nanoseconds: header fields and dates. The two of a pair run in turns.
struct Libraries: AsyncParsableCommand {
    private static let lines = [
        ("host", "shop.example"), ("user-agent", "Mozilla/5.0 (X11; Linux x86_64)"), ("accept", "application/json"),
        ("accept-encoding", "gzip"), ("x-request-id", "2vlxjvkz9q41w-32k"), ("content-type", "application/json"),
        ("content-length", "120"), ("authorization", "Bearer abcdefghijklmnopqrstuvwxyz"),
    ]
    private static let requestID = HTTPField.Name("x-request-id") ?? .accept
    private static let missing = HTTPField.Name("x-forwarded-for") ?? .accept

    func run() async throws {
        // What a server does with the fields of a request: makes them of bytes, looks some up, and writes some for the response.
        let bytes = Self.lines.map { (Array($0.utf8), Array($1.utf8)) }
        try await compare("fields", ("roost", { Self.roostFields(bytes) }), ("http-types", { Self.libraryFields(bytes) }))
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true), date = Date(timeIntervalSince1970: 1_764_000_000.25)
        let text = RFC3339.format(date)
        try await compare(
            "date-parse", ("roost", { RFC3339.parse(text.utf8) == nil ? 0 : 1 }),
            ("foundation", { (try? style.parse(text)) == nil ? 0 : 1 }))
        try await compare(
            "date-format", ("roost", { RFC3339.format(date).utf8.count }), ("foundation", { style.format(date).utf8.count }))
    }

    private static func roostFields(_ lines: [([UInt8], [UInt8])]) -> Int {
        var headers = Headers()
        headers.reserveCapacity(lines.count)
        for (name, value) in lines { headers.add(String(decoding: name, as: UTF8.self), String(decoding: value, as: UTF8.self)) }
        let found = ["content-length", "x-request-id", "accept", "x-forwarded-for"].reduce(0) { $0 + (headers[$1]?.utf8.count ?? 0) }
        return headers.fields.reduce(found) { $0 + $1.name.utf8.count + $1.value.utf8.count }
    }

    private static func libraryFields(_ lines: [([UInt8], [UInt8])]) -> Int {
        var fields = HTTPFields()
        fields.reserveCapacity(lines.count)
        for (name, value) in lines {
            guard let name = HTTPField.Name(String(decoding: name, as: UTF8.self)) else { continue }
            fields.append(HTTPField(name: name, value: String(decoding: value, as: UTF8.self)))
        }
        let found = [.contentLength, requestID, .accept, missing].reduce(0) { $0 + (fields[$1]?.utf8.count ?? 0) }
        return fields.reduce(found) { $0 + $1.name.rawName.utf8.count + $1.value.utf8.count }
    }

    /// Measures two ways to do one thing.
    private func compare(
        _ name: String, _ ours: (name: String, body: () -> Int), _ theirs: (name: String, body: () -> Int)
    ) async throws {
        let batch = 5000
        var sum = 0
        for (kind, body) in [ours, theirs, ours, theirs] {
            print(name, kind, try await medianNanoseconds(batch: batch) { for _ in 0..<batch { sum &+= body() } })
        }
        if sum == 0 { print("nothing was done") }
    }
}
