import NIOCore

/// Reads values of RESP3 from bytes that arrive in pieces. It does no I/O, and every size is bounded.
///
/// A value that has arrived in part is not read again from its beginning: the elements that are complete are kept on a stack.
struct RESPParser {
    /// The limits of one value.
    struct Limits: Hashable {
        /// The largest size of a line: of numbers, simple strings and errors.
        var lineBytes = 64 << 10
        /// The largest size of all bulk strings of a value together.
        var bulkBytes = 64 << 20
        /// The largest number of elements, nested ones included.
        var elements = 1 << 18
        /// How deep aggregates are nested.
        var depth = 8
    }

    /// An aggregate whose elements have not all arrived.
    private struct Aggregate {
        enum Kind { case array, map, push, attributes }

        let kind: Kind
        let count: Int
        var elements: [RESPValue] = []

        var value: RESPValue? {
            switch kind {
            case .array: .array(elements)
            case .map: .map(elements)
            case .push: .push(elements)
            case .attributes: nil
            }
        }
    }

    private enum Item {
        case value(RESPValue)
        case aggregate(Aggregate)
    }

    private let limits: Limits
    private var input = ByteBuffer()
    private var open: [Aggregate] = []
    /// What the value that is being read contains so far.
    private var elements = 0, bulkBytes = 0
    /// The number of bytes of an incomplete line that have been searched for its end.
    private var searched = 0

    init(limits: Limits = Limits()) { self.limits = limits }

    /// Adds bytes that have arrived.
    mutating func append(_ bytes: ByteBuffer) {
        if input.readableBytes == 0 {
            input = bytes
        } else {
            input.discardReadBytes()
            input.writeImmutableBuffer(bytes)
        }
    }

    /// Returns the next value, or `nil` until more bytes arrive.
    /// - Throws: A `RESPFault` if the bytes are not RESP3 or exceed a limit. The parser cannot be used afterwards.
    mutating func next() throws(RESPFault) -> RESPValue? {
        while let item = try item() {
            elements += 1
            guard elements <= limits.elements else { throw RESPFault(reason: "a value has too many elements") }
            switch item {
            case .aggregate(let aggregate) where aggregate.count > 0:
                guard open.count < limits.depth else { throw RESPFault(reason: "a value is nested too deeply") }
                open.append(aggregate)
            case .aggregate(let aggregate):
                if let value = aggregate.value, let whole = complete(value) { return whole }
            case .value(let value):
                if let whole = complete(value) { return whole }
            }
        }
        return nil
    }

    /// Adds a complete value to the innermost aggregate, and completes those that it is the last element of.
    /// - Returns: The whole value, if it is complete.
    private mutating func complete(_ value: RESPValue) -> RESPValue? {
        var value = value
        while let last = open.indices.last {
            open[last].elements.append(value)
            guard open[last].elements.count == open[last].count else { return nil }
            // Attributes say something about the value that follows them, which nobody asked for.
            guard let outer = open.removeLast().value else { return nil }
            value = outer
        }
        (elements, bulkBytes) = (0, 0)
        return value
    }

    private mutating func item() throws(RESPFault) -> Item? {
        let start = input.readerIndex
        guard let type = input.getInteger(at: start, as: UInt8.self), let line = try line() else { return nil }
        switch type {
        case UInt8(ascii: "$"), UInt8(ascii: "!"), UInt8(ascii: "="): return try bulk(type, line, from: start).map { .value($0) }
        case UInt8(ascii: "*"), UInt8(ascii: "~"), UInt8(ascii: "%"), UInt8(ascii: ">"), UInt8(ascii: "|"):
            return try aggregate(type, line)
        default: return .value(try scalar(type, line))
        }
    }

    /// Takes a line with its type, if it is complete.
    /// - Returns: The line without its type and its end.
    private mutating func line() throws(RESPFault) -> ByteBufferView? {
        let view = input.readableBytesView
        guard let end = view[(view.startIndex + searched)...].firstIndex(of: UInt8(ascii: "\r")), end + 1 < view.endIndex else {
            guard view.count <= limits.lineBytes else { throw RESPFault(reason: "a line is too long") }
            searched = max(0, view.count - 1)
            return nil
        }
        searched = 0
        guard view[end + 1] == UInt8(ascii: "\n"), end > view.startIndex, end - view.startIndex <= limits.lineBytes else {
            throw RESPFault(reason: "a line does not end as it must")
        }
        input.moveReaderIndex(to: end + 2)
        return view[(view.startIndex + 1)..<end]
    }

    private func scalar(_ type: UInt8, _ line: ByteBufferView) throws(RESPFault) -> RESPValue {
        switch type {
        case UInt8(ascii: "+"): return .simple(String(decoding: line, as: UTF8.self))
        case UInt8(ascii: "-"): return .error(RESPError(text: String(decoding: line, as: UTF8.self)))
        case UInt8(ascii: ":"): if let number = Self.integer(line) { return .integer(number) }
        case UInt8(ascii: "_"): if line.isEmpty { return .null }
        case UInt8(ascii: "#"):
            if line.elementsEqual("t".utf8) { return .boolean(true) }
            if line.elementsEqual("f".utf8) { return .boolean(false) }
        case UInt8(ascii: ","): if let number = Double(String(decoding: line, as: UTF8.self)) { return .double(number) }
        case UInt8(ascii: "("):
            let digits = line.first == UInt8(ascii: "-") ? line.dropFirst() : line
            if !digits.isEmpty, digits.allSatisfy({ Self.digits.contains($0) }) {
                return .bigNumber(String(decoding: line, as: UTF8.self))
            }
        default: throw RESPFault(reason: "there is no type with the byte \(type)")
        }
        throw RESPFault(reason: "a value of the type \(Character(UnicodeScalar(type))) is malformed")
    }

    /// Takes the content of a bulk string, if it is complete. Otherwise its line is read again later.
    private mutating func bulk(_ type: UInt8, _ line: ByteBufferView, from start: Int) throws(RESPFault) -> RESPValue? {
        guard let length = Self.integer(line) else { throw RESPFault(reason: "a length is not a number") }
        // RESP2's form of null, which some servers still send.
        if length == -1, type == UInt8(ascii: "$") { return .null }
        guard length >= 0, length <= limits.bulkBytes - bulkBytes else { throw RESPFault(reason: "a string is too long") }
        let count = Int(length)
        guard input.readableBytes >= count + 2 else {
            input.moveReaderIndex(to: start)
            return nil
        }
        guard var content = input.readSlice(length: count), input.readInteger(as: UInt16.self) == 0x0D0A else {
            throw RESPFault(reason: "a string does not end as it must")
        }
        bulkBytes += count
        switch type {
        case UInt8(ascii: "!"): return .error(RESPError(text: String(buffer: content)))
        case UInt8(ascii: "="):
            guard content.readBytes(length: 4)?.last == UInt8(ascii: ":") else { throw RESPFault(reason: "a string lacks its format") }
            return .bulk(content)
        default: return .bulk(content)
        }
    }

    private func aggregate(_ type: UInt8, _ line: ByteBufferView) throws(RESPFault) -> Item {
        guard let number = Self.integer(line) else { throw RESPFault(reason: "a number of elements is not a number") }
        if number == -1, type == UInt8(ascii: "*") { return .value(.null) }
        guard number >= 0, number <= limits.elements else { throw RESPFault(reason: "a value has too many elements") }
        let count = Int(number)
        switch type {
        case UInt8(ascii: "%"): return .aggregate(Aggregate(kind: .map, count: count * 2))
        case UInt8(ascii: "|"): return .aggregate(Aggregate(kind: .attributes, count: count * 2))
        case UInt8(ascii: ">"):
            guard open.isEmpty else { throw RESPFault(reason: "a push is part of a value") }
            return .aggregate(Aggregate(kind: .push, count: count))
        default: return .aggregate(Aggregate(kind: .array, count: count))
        }
    }

    private static let digits = UInt8(ascii: "0")...UInt8(ascii: "9")

    private static func integer(_ text: ByteBufferView) -> Int64? {
        let isNegative = text.first == UInt8(ascii: "-")
        let rest = isNegative || text.first == UInt8(ascii: "+") ? text.dropFirst() : text
        guard !rest.isEmpty else { return nil }
        var number: Int64 = 0
        for byte in rest {
            guard digits.contains(byte) else { return nil }
            let digit = Int64(byte - UInt8(ascii: "0"))
            let (tens, isTooLarge) = number.multipliedReportingOverflow(by: 10)
            let (sum, overflows) = isNegative ? tens.subtractingReportingOverflow(digit) : tens.addingReportingOverflow(digit)
            guard !isTooLarge, !overflows else { return nil }
            number = sum
        }
        return number
    }
}
