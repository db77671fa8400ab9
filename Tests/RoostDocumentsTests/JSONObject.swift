import Foundation

/// A document as read by a test.
struct JSONObject: Sequence {
    private let value: Any?

    init(_ text: String) throws { value = try JSONSerialization.jsonObject(with: Data(text.utf8)) }
    private init(value: Any?) { self.value = value }

    subscript(name: String) -> JSONObject { JSONObject(value: (value as? [String: Any])?[name]) }
    subscript(index: Int) -> JSONObject { JSONObject(value: (value as? [Any]).flatMap { $0.indices.contains(index) ? $0[index] : nil }) }

    var isMissing: Bool { value == nil }
    var text: String? { value as? String }
    var number: Double? { (value as? NSNumber)?.doubleValue }
    var keys: [String] { (value as? [String: Any])?.keys.sorted() ?? [] }

    func makeIterator() -> IndexingIterator<[JSONObject]> { ((value as? [Any]) ?? []).map { JSONObject(value: $0) }.makeIterator() }
}
