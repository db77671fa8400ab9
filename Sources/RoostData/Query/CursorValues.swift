import Roost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The values that the last row of a page is sorted by, as a cursor holds them: a JSON array.
enum CursorValues {
    static var refusal: Problem { .invalid([Fault(pointer: "/cursor", rule: "format", message: "must be a cursor of this list")]) }

    /// Returns the cursor of the page after a row with these values.
    static func cursor(_ values: [SQLData], types: [ColumnType]) -> PageCursor {
        PageCursor(after: JSON.text(zip(values, types).map { text($0, $1) }))
    }

    /// Returns the values of a cursor, or `nil` if they are not of these types.
    static func read(_ cursor: PageCursor, types: [ColumnType]) -> [SQLData]? {
        guard let texts = try? JSON.decode([String].self, from: Array(cursor.key.utf8)), texts.count == types.count else { return nil }
        let values = zip(texts, types).compactMap { value($0, $1) }
        return values.count == types.count ? values : nil
    }

    private static func text(_ value: SQLData, _ type: ColumnType) -> String {
        switch value {
        case .text(let text): text
        case .uuid(let id): id.text
        case .boolean(let value): value ? "1" : "0"
        case .real(let number): "\(number)"
        case .integer(let number): "\(type == .time ? microseconds(Double(number) * 1000) : number)"
        case .time(let date): "\(microseconds(date.timeIntervalSince1970 * 1_000_000))"
        case .null, .blob, .array: ""
        }
    }

    /// Times out of range become the nearest that 64 bits can hold.
    private static func microseconds(_ number: Double) -> Int64 { Int64(exactly: number.rounded()) ?? (number < 0 ? .min : .max) }

    private static func value(_ text: String, _ type: ColumnType) -> SQLData? {
        switch type {
        case .text: text.utf8.contains(0) ? nil : .text(text)
        case .uuid: UUID(text: text).map { .uuid($0) }
        case .boolean: text == "1" || text == "0" ? .boolean(text == "1") : nil
        case .integer: Int64(text).map { .integer($0) }
        case .real: Double(text).map { .real($0) }
        case .time: Int64(text).map { .time(Date(timeIntervalSince1970: Double($0) / 1_000_000)) }
        case .blob, .json: nil
        }
    }

    /// Returns the condition for rows after these values.
    static func condition(beyond values: [SQLData], in orders: [SortOrder]) -> SQLNode? {
        let expressions = orders.map(\.expression), bindings = values.map { SQLNode.binding($0) }
        if orders.count == 1 { return .infix(expressions[0], orders[0].beyond, bindings[0]) }
        if orders.allSatisfy({ $0.isDescending == orders[0].isDescending }) {
            return .infix(.call("", expressions), orders[0].beyond, .call("", bindings))
        }
        // After by the first term, or equal by it and after by the others.
        var condition: SQLNode?
        for index in orders.indices.reversed() {
            let beyond = SQLNode.infix(expressions[index], orders[index].beyond, bindings[index])
            condition =
                condition.map { .infix(beyond, .or, .infix(.infix(expressions[index], .equal, bindings[index]), .and, $0)) } ?? beyond
        }
        return condition
    }
}

extension SortOrder {
    /// The comparison that holds for later rows.
    fileprivate var beyond: InfixOperator { isDescending ? .less : .greater }
}
