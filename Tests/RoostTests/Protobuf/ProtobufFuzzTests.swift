import Roost
import Testing

/// Bytes by chance, from a seed: nothing that comes in may end the process, and what is taken stays what it is.
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

    private func tamper(_ bytes: inout [UInt8], _ chance: inout Chance) {
        guard let index = bytes.indices.randomElement(using: &chance) else { return }
        switch Int.random(in: 0...3, using: &chance) {
        case 0: bytes[index] = UInt8.random(in: 0...255, using: &chance)
        case 1: bytes.remove(at: index)
        case 2: bytes.insert(UInt8.random(in: 0...255, using: &chance), at: index)
        default: bytes.removeSubrange(index...)
        }
    }

    /// A message that is taken is the same after it was written and read again.
    private func expectStable<Value: Schema & Equatable>(_ type: Value.Type, _ bytes: [UInt8]) throws {
        guard let value = try? Protobuf.decode(Value.self, from: bytes) else { return }
        let written = Protobuf.encode(value)
        let read = try Protobuf.decode(Value.self, from: written)
        #expect(read == value)
        #expect(Protobuf.encode(read) == written)
    }
}

/// Numbers by chance that are the same every time (SplitMix64: Steele, Lea and Flood, "Fast Splittable Pseudorandom Number
/// Generators", 2014).
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
