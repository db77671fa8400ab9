import Roost
import Testing

/// Random bytes from a seed: no input may end the process, and accepted values remain the same when they are written and read.
struct ProtobufFuzzTests {
    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func bytesByChance(seed: UInt64) throws {
        var chance = Chance(seed: seed)
        for _ in 0..<500 {
            let bytes = (0..<Int.random(in: 0...40, using: &chance)).map { _ in UInt8.random(in: 0...255, using: &chance) }
            try expectStable(NewOrder.self, bytes)
            try expectStable(Payment.self, bytes)
            try expectStable(Boxes.self, bytes)
            try expectStable(Defaults.self, bytes)
        }
    }

    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func messagesThatWereTamperedWith(seed: UInt64) throws {
        var chance = Chance(seed: seed)
        let messages = [Protobuf.encode(boxes), Protobuf.encode(scalarsAtTheirMost), Protobuf.encode(Holder.labelled(items: ["a", "b"]))]
        for _ in 0..<500 {
            var bytes = messages.randomElement(using: &chance) ?? []
            for _ in 0...Int.random(in: 0...3, using: &chance) { tamper(&bytes, &chance) }
            try expectStable(Boxes.self, bytes)
            try expectStable(Scalars.self, bytes)
            try expectStable(Holder.self, bytes)
        }
    }

    /// Fields that no writer writes, inserted between those of a message: invalid numbers and wire types, lengths beyond the end, numbers
    /// that are too long, groups that are open, closed and nested, messages that are too deep, text that is not UTF-8.
    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func messagesWithFieldsByChance(seed: UInt64) throws {
        var chance = Chance(seed: seed)
        let messages = [Protobuf.encode(boxes), Protobuf.encode(scalarsAtTheirMost), Protobuf.encode(Holder.holder(.list([1]))), []]
        for _ in 0..<500 {
            var bytes = messages.randomElement(using: &chance) ?? []
            for _ in 0...Int.random(in: 0...2, using: &chance) {
                let index = Int.random(in: 0...bytes.count, using: &chance)
                if Bool.random(using: &chance) { bytes.removeSubrange(index...) }
                bytes.insert(contentsOf: field(&chance), at: min(index, bytes.count))
            }
            try expectStable(Boxes.self, bytes)
            try expectStable(Scalars.self, bytes)
            try expectStable(Holder.self, bytes)
            try expectStable(NewOrder.self, bytes)
            try expectStable(Tree.self, bytes)
        }
    }

    private func field(_ chance: inout Chance) -> [UInt8] {
        let number = [0, 1, 2, 3, 4, 5, 9, 15, 16, 17, 536_870_911, 536_870_912, 1 << 61].randomElement(using: &chance) ?? 0
        let type = UInt64.random(in: 0...7, using: &chance)
        return varint(UInt64(number) << 3 | type, &chance) + content(of: type, number, &chance)
    }

    private func content(of type: UInt64, _ number: Int, _ chance: inout Chance) -> [UInt8] {
        let some = (0..<Int.random(in: 0...12, using: &chance)).map { _ in UInt8.random(in: 0...255, using: &chance) }
        switch type {
        case 0: return varint(chance.next() >> UInt64.random(in: 0...63, using: &chance), &chance)
        case 3:
            return (0..<Int.random(in: 0...3, using: &chance)).flatMap { _ in field(&chance) } + varint(UInt64(number) << 3 | 4, &chance)
        case 1, 4, 5, 6, 7: return some
        default: break
        }
        switch Int.random(in: 0...5, using: &chance) {
        case 0: return varint(chance.next() >> UInt64.random(in: 0...63, using: &chance), &chance) + some
        case 1: return varint(UInt64(some.count), &chance) + some
        case 2:
            return [4]
                + ([[0xC3, 0x28, 0x41, 0x41], [0xED, 0xA0, 0x80, 0x41], [0xF4, 0x90, 0x80, 0x80]].randomElement(using: &chance) ?? [])
        case 3: return nested(Int.random(in: 0...110, using: &chance), &chance)
        default:
            let inner = (0..<Int.random(in: 0...3, using: &chance)).flatMap { _ in field(&chance) }
            return varint(UInt64(inner.count), &chance) + inner
        }
    }

    /// Messages nested this many times, each with its length, in a field that most types here have.
    private func nested(_ depth: Int, _ chance: inout Chance) -> [UInt8] {
        let tag = UInt8.random(in: 1...5, using: &chance) << 3 | 2
        var bytes: [UInt8] = []
        for _ in 0..<depth { bytes = [tag] + varint(UInt64(bytes.count), &chance) + bytes }
        return varint(UInt64(bytes.count), &chance) + bytes
    }

    /// A number in as few bytes as possible, or in more.
    private func varint(_ value: UInt64, _ chance: inout Chance) -> [UInt8] {
        var writer = ProtobufWriter()
        writer.varint(value)
        var bytes = writer.bytes
        guard Int.random(in: 0...9, using: &chance) == 0 else { return bytes }
        bytes[bytes.count - 1] |= 0x80
        return bytes + [UInt8](repeating: 0x80, count: Int.random(in: 0...9, using: &chance)) + [0]
    }

    private func tamper(_ bytes: inout [UInt8], _ chance: inout Chance) {
        guard let index = bytes.indices.randomElement(using: &chance) else { return }
        switch Int.random(in: 0...3, using: &chance) {
        case 0: bytes[index] = UInt8.random(in: 0...255, using: &chance)
        case 1: bytes.remove(at: index)
        case 2: bytes.insert(UInt8.random(in: 0...255, using: &chance), at: index)
        default: bytes.removeSubrange(index...)
        }
    }

    /// An accepted message is the same after it was written and read again; a rejected one has a reason. One that cannot be parsed without
    /// its type cannot be parsed with it.
    private func expectStable<Value: Schema & Equatable>(_ type: Value.Type, _ bytes: [UInt8]) throws {
        let value: Value
        do throws(DecodingFailure) { value = try Protobuf.decode(Value.self, from: bytes) } catch {
            switch error {
            case .malformedMessage(let reason): #expect((0...bytes.count).contains(reason.offset), "\(bytes)")
            case .invalid(let faults): #expect(!faults.isEmpty && (try? Protobuf.fields(of: bytes)) != nil, "\(bytes)")
            case .malformed: Issue.record("No JSON was read: \(bytes)")
            }
            return
        }
        #expect((try? Protobuf.fields(of: bytes)) != nil, "\(bytes)")
        let written = Protobuf.encode(value)
        let read = try Protobuf.decode(Value.self, from: written)
        #expect(read == value)
        #expect(Protobuf.encode(read) == written)
    }
}

/// Reproducible random numbers (SplitMix64: Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", 2014).
struct Chance: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
