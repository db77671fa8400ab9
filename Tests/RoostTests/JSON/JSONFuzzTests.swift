import Foundation
import Roost
import Testing

/// Compares this codec with Foundation's on random documents from a seed: the same verdict, and the same values.
struct JSONFuzzTests {
    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func documentsAreReadAndWrittenAlike(seed: UInt64) throws {
        var chance = Chance(seed: seed)
        for _ in 0..<60 {
            let tree = JSONTree.random(depth: 4, using: &chance)
            let bytes = JSON.encode(tree)
            #expect(try JSON.encode(JSON.decode(JSONTree.self, from: bytes)) == bytes)
            #expect(try JSON.encode(JSONDecoder().decode(JSONTree.self, from: Data(bytes))) == bytes)
            let theirs = [UInt8](try JSONEncoder().encode(tree))
            #expect(try JSON.encode(JSON.decode(JSONTree.self, from: theirs)) == bytes)
        }
    }

    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func documentsThatWereTamperedWith(seed: UInt64) throws {
        var chance = Chance(seed: seed)
        for _ in 0..<600 {
            var bytes = JSONSuite.accepted.randomElement(using: &chance)?.bytes ?? []
            for _ in 0...Int.random(in: 0...2, using: &chance) { tamper(&bytes, &chance) }
            expectSame(JSONTree.self, bytes)
        }
    }

    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func ordersThatWereTamperedWith(seed: UInt64) throws {
        var chance = Chance(seed: seed)
        let order = Parcel(to: "Ada \"é\" 𝄞", weight: 1.25, pieces: [.init(count: -12), .init(count: 7)], isFragile: true)
        for _ in 0..<600 {
            var bytes = JSON.encode(order)
            for _ in 0...Int.random(in: 0...1, using: &chance) { tamper(&bytes, &chance) }
            expectSame(Parcel.self, bytes)
        }
    }

    private func expectSame<Value: Schema & Codable & Hashable>(_ type: Value.Type, _ bytes: [UInt8]) {
        let text = "\(String(decoding: bytes, as: UTF8.self)) = \(bytes)"
        let theirs = Result {
            // Foundation looks into values only when they are read, and a tree reads all of them.
            _ = try JSONDecoder().decode(JSONTree.self, from: Data(bytes))
            return try JSONDecoder().decode(Value.self, from: Data(bytes))
        }
        let ours = Result { () throws(DecodingFailure) in try JSON.decode(Value.self, from: bytes) }
        switch (ours, theirs) {
        case (.success(let ours), .success(let theirs)): #expect(JSON.encode(ours) == JSON.encode(theirs), "\(text)")
        case (.success, .failure(let error)): #expect(isWronglyRefused(bytes), "Foundation refuses \(text): \(error)")
        case (.failure(let error), .success): #expect(isWronglyTaken(bytes, error), "refused, though Foundation takes \(text): \(error)")
        case (.failure, .failure): break
        }
    }

    /// Foundation takes a comma before an array's or object's end, a key that occurs twice, a byte order mark and UTF-16 or UTF-32; and
    /// what is JSON and no text that may enter: U+0000, and keys that are not the only spelling of themselves.
    private func isWronglyTaken(_ bytes: [UInt8], _ failure: DecodingFailure) -> Bool {
        guard case .malformed(let error) = failure else {
            guard case .invalid(let faults) = failure else { return false }
            return faults.allSatisfy { ["characters", "key"].contains($0.rule) }
        }
        let isOtherEncoding = bytes.prefix(4).contains(0) || bytes.first.map { $0 >= 0x80 } == true
        return isOtherEncoding || error.message.hasSuffix(" after ,") || error.message.hasSuffix("occurs twice")
    }

    /// Foundation rejects a zero with an exponent, such as the suite's `[0e1]`, and a number that rounds to zero.
    private func isWronglyRefused(_ bytes: [UInt8]) -> Bool {
        String(decoding: bytes, as: UTF8.self).contains(/(^|[^0-9.])0[eE]|[eE]-0*[0-9]{3}/)
    }

    private func tamper(_ bytes: inout [UInt8], _ chance: inout Chance) {
        let alphabet = Array("{}[]:,\"\\/-+.eE0123456789 truefalsn\n\t".utf8) + [0x00, 0x1F, 0x7F, 0x80, 0xC3, 0xA9, 0xED, 0xF4, 0xFF]
        let byte = alphabet.randomElement(using: &chance) ?? 0
        guard let index = bytes.indices.randomElement(using: &chance) else { return bytes.append(byte) }
        switch Int.random(in: 0...4, using: &chance) {
        case 0: bytes[index] = byte
        case 1: bytes.remove(at: index)
        case 2: bytes.insert(byte, at: index)
        case 3: bytes.insert(contentsOf: bytes[index...].prefix(8), at: index)
        default: bytes.removeSubrange(index...)
        }
    }

    // MARK: Numbers

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func doublesAreWrittenShortestAndReadBack(seed: UInt64) throws {
        var chance = Chance(seed: seed)
        for _ in 0..<1000 {
            let value = Double.random(bits: chance.next())
            let text = JSON.text(value)
            #expect(text.count <= value.description.count, "\(text)")
            #expect(try decode(Double.self, text).bitPattern == value.bitPattern)
        }
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func numbersAreReadAsTheStandardLibraryReadsThem(seed: UInt64) throws {
        var chance = Chance(seed: seed)
        for _ in 0..<1000 {
            let text = randomNumber(&chance)
            guard let value = Double(text), value.isFinite else {
                #expect(faults(Double.self, text) == [" range is too large"])
                continue
            }
            #expect(try decode(Double.self, text).bitPattern == value.bitPattern, "\(text)")
            #expect((try? decode(Int64.self, text)) == whole(text), "\(text)")
        }
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func decimalsOfUpTo38DigitsAreExact(seed: UInt64) throws {
        var chance = Chance(seed: seed)
        for count in 1...38 {
            for places in 0..<count {
                var digits = (0..<count).map { _ in "\(Int.random(in: 0...9, using: &chance))" }
                (digits[0], digits[count - 1]) = ("\(Int.random(in: 1...9, using: &chance))", "7")
                let fraction = digits.suffix(places).joined()
                let text = digits.dropLast(places).joined() + (fraction.isEmpty ? "" : "." + fraction)
                #expect(try JSON.text(decode(Decimal.self, text)) == text)
            }
        }
    }

    /// A number of up to 42 digits, often with a fraction or an exponent.
    private func randomNumber(_ chance: inout Chance) -> String {
        func digits(_ most: Int) -> String {
            let digits = (0..<Int.random(in: 1...most, using: &chance)).map { _ in "\(Int.random(in: 0...9, using: &chance))" }
            return digits.joined()
        }
        let lead = String(digits(22).drop { $0 == "0" })
        let fraction = Bool.random(using: &chance) ? "." + digits(20) : ""
        let exponent = Int.random(in: 0...2, using: &chance) == 0 ? "e\(Int.random(in: -330...330, using: &chance))" : ""
        return (Bool.random(using: &chance) ? "-" : "") + (lead.isEmpty ? "0" : lead) + fraction + exponent
    }

    /// The number as a 64-bit integer, if it is one: by moving the decimal point in its text.
    private func whole(_ text: String) -> Int64? {
        let parts = text.split(separator: "e"), mantissa = parts[0].split(separator: ".")
        var digits = mantissa.joined(), exponent = (parts.count > 1 ? Int(parts[1]) ?? 0 : 0) - (mantissa.count > 1 ? mantissa[1].count : 0)
        while digits.hasSuffix("0") {
            digits.removeLast()
            exponent += 1
        }
        if digits.isEmpty || digits == "-" { return 0 }
        return exponent < 0 ? nil : Int64(digits + String(repeating: "0", count: exponent))
    }
}

@Schema
private struct Parcel: Codable, Hashable {
    var to: String
    var weight: Double
    var note: String?
    var pieces: [Piece]
    var isFragile: Bool

    @Schema
    struct Piece: Codable, Hashable {
        var count: Int
    }
}
