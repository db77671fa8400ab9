import Roost
import Testing

@testable import RoostDocuments

/// Changes of a schema, and whether stored values and their readers survive them.
struct SchemaComparisonTests {
    typealias Field = JSONSchema.Field

    private static func document(_ fields: [Field]) throws -> JSONValue {
        try JSON.decode(from: Array(JSONSchema.object(name: "Order", description: "") { fields }.document.utf8))
    }

    private static func changes(_ before: [Field], _ after: [Field]) throws -> [String] {
        SchemaComparison.changes(from: try document(before), to: try document(after)).map(\.words)
    }

    private static func words(_ texts: String..., isOpen: Bool = false) -> JSONSchema {
        let words = texts.enumerated().map { JSONSchema.Word($1, $0 + 1) }
        return .words(name: "Status", description: "", words + (isOpen ? [.init("other", 99, isUnknown: true)] : []))
    }

    private static func choice(_ cases: Field...) -> JSONSchema { .choice(name: "Payment", description: "") { cases } }

    private static func item(_ fields: Field..., named name: String = "Item") -> JSONSchema {
        .object(name: name, description: "") { fields }
    }

    private static let optional = Field("note", .string.orNull, isRequired: false)

    @Test(arguments: [
        [Field("a", .string), optional],
        [Field("a", .string.length(.init(...200)), description: "Another word.", example: "x", isDeprecated: true)],
        [optional, Field("a", .string.length(.init(0...100)))],
    ])
    func whatEveryReaderSurvives(after: [Field]) throws {
        #expect(try Self.changes([Field("a", .string.length(.init(1...100)))], [Field("a", .string)]) == [])
        #expect(try Self.changes([Field("a", .string.length(.init(1...100)))], after) == [])
    }

    @Test(arguments: [
        ([Field("a", .string)], [Field("b", .string)], ["a was removed", "b is new and required, but events so far lack it"]),
        ([Field("a", .string)], [Field("a", .integer)], ["a was string and is now integer"]),
        ([Field("a", .string)], [Field("a", .uuid)], ["a was string and is now string (uuid)"]),
        ([Field("a", .uuid)], [Field("a", .string)], ["a was string (uuid) and is now string"]),
        (
            [Field("a", .integer(of: Int.self))], [Field("a", .integer(of: Int32.self))],
            ["a was integer (int64) and is now integer (int32)"]
        ),
        ([Field("a", .string)], [Field("a", .array(of: .string))], ["a was string and is now array"]),
        ([Field("a", .string)], [Field("a", .anything)], ["a was string and is now any value"]),
        ([optional], [Field("note", .string)], ["note was optional and is now required"]),
        ([Field("note", .string)], [optional], ["note was required and is now optional"]),
        ([Field("a", .array(of: .string))], [Field("a", .array(of: .string.orNull))], ["a[] can now be null"]),
        ([Field("a", .dictionary(of: .string.orNull))], [Field("a", .dictionary(of: .string))], ["a[] can no longer be null"]),
        ([Field("a", .dictionary(of: .string))], [Field("a", item())], ["a was a dictionary and is now object"]),
    ])
    func fieldsThatBecomeOthers(before: [Field], after: [Field], changes: [String]) throws {
        #expect(try Self.changes(before, after) == changes)
    }

    @Test(arguments: [
        (JSONSchema.string, JSONSchema.string.length(.init(...5)), ["a has the maxLength 5"]),
        (
            .string.length(.init(2...9)), .string.length(.init(3...8)),
            ["a has the maxLength 8, which was 9", "a has the minLength 3, which was 2"]
        ),
        (.string.length(.init(2...9)), .string.length(.init(1...10)), []),
        (.string.format(.email), .string, []), (.string, .string.format(.email), ["a has the format email"]),
        (.string.format(.email), .string.format(.uri), ["a has the format uri, which was email"]),
        (.number.multiple(of: 10), .number.multiple(of: 5), []),
        (.number.multiple(of: 5), .number.multiple(of: 10), ["a has the multipleOf 10, which was 5"]),
        (words("new", "paid"), words("new", "paid", "sent"), []), (words("new", "paid"), words("new"), ["a no longer allows paid"]),
        (words("new"), words("new", isOpen: true), []), (words("new", isOpen: true), words("new"), ["a allows only some words now"]),
        (.string, words("new"), ["a allows only some words now"]),
        (choice(.init("card", .string)), choice(.init("card", .string), .init("cash", .string)), []),
        (
            choice(.init("card", .string), .init("cash", .string)), choice(.init("card", .integer)),
            [
                "a.card was string and is now integer", "a.cash was removed",
            ]
        ),
    ])
    func checksWordsAndCases(before: JSONSchema, after: JSONSchema, changes: [String]) throws {
        #expect(try Self.changes([Field("a", before)], [Field("a", after)]) == changes)
    }

    /// A type's name is not sent. Types that contain themselves end.
    @Test func typesAreComparedByWhatTheyContain() throws {
        let before = Self.item(.init("sku", .string)), renamed = Self.item(.init("sku", .string), named: "Line")
        #expect(try Self.changes([Field("items", .array(of: before))], [Field("items", .array(of: renamed))]) == [])
        let changed = Self.item(.init("sku", .string.length(.init(...9))), named: "Line")
        #expect(
            try Self.changes([Field("items", .array(of: before))], [Field("items", .array(of: changed))]) == [
                "items[].sku has the maxLength 9"
            ])

        let family = Array(Family.schema.document.utf8)
        let now: JSONValue = try JSON.decode(from: family)
        #expect(SchemaComparison.changes(from: now, to: now).isEmpty)
        let other: JSONValue = try JSON.decode(
            from: Array(String(decoding: family, as: UTF8.self).replacing("\"children\"", with: "\"kids\"").utf8))
        #expect(SchemaComparison.changes(from: now, to: other).map(\.words) == ["children was removed"])
    }
}
