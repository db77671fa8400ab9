import NIOCore

/// A command as it is sent: an array of bulk strings.
struct RESPCommand: Sendable {
    /// The encoded command.
    private(set) var bytes: ByteBuffer

    /// Creates a command whose words are then added.
    /// - Parameters:
    ///   - name: The first word.
    ///   - count: The number of all words.
    ///   - capacity: The number of bytes that the words will need, as far as it is known.
    init(_ name: StaticString, words count: Int, capacity: Int = 64) {
        bytes = ByteBuffer()
        bytes.reserveCapacity(capacity + 48 + 16 * count)
        write(UInt8(ascii: "*"), count)
        write(UInt8(ascii: "$"), name.utf8CodeUnitCount)
        bytes.writeStaticString(name)
        end()
    }

    /// Creates a command of words that are all text.
    init(_ name: StaticString, _ words: String...) {
        self.init(name, words: words.count + 1)
        for word in words { add(word) }
    }

    /// Adds a command that is sent right after this one.
    mutating func append(_ next: RESPCommand) { bytes.writeImmutableBuffer(next.bytes) }

    /// Adds a word that consists of a prefix and a text.
    mutating func add(_ text: String, after prefix: StaticString = "") {
        write(UInt8(ascii: "$"), prefix.utf8CodeUnitCount + text.utf8.count)
        bytes.writeStaticString(prefix)
        bytes.writeString(text)
        end()
    }

    /// Adds bytes as a word.
    mutating func add(_ content: [UInt8]) {
        write(UInt8(ascii: "$"), content.count)
        bytes.writeBytes(content)
        end()
    }

    /// Adds a number as a word.
    mutating func add(_ number: Int64) { add(String(number)) }

    /// Adds a value with what the store keeps in front of it.
    mutating func add(_ head: (UInt64, UInt64), _ content: [UInt8]) {
        write(UInt8(ascii: "$"), 16 + content.count)
        bytes.writeInteger(head.0)
        bytes.writeInteger(head.1)
        bytes.writeBytes(content)
        end()
    }

    private mutating func write(_ type: UInt8, _ number: Int) {
        bytes.writeInteger(type)
        if number < 10 {
            bytes.writeInteger(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number))
        } else {
            bytes.writeString(String(number))
        }
        end()
    }

    private mutating func end() { bytes.writeInteger(0x0D0A as UInt16) }
}
