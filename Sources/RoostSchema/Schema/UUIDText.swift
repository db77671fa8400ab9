#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

// Foundation's conversions format and scan with the C library, which takes about as long as everything else that happens to a row.
extension UUID {
    /// Whether a hyphen is before the byte at a position.
    private static func followsHyphen(_ index: Int) -> Bool { index == 4 || index == 6 || index == 8 || index == 10 }

    /// The identifier in lower case, as RFC 9562 §4 requires.
    public var text: String {
        String(unsafeUninitializedCapacity: 36) { buffer in
            var end = 0
            withUnsafeBytes(of: uuid) { bytes in
                for index in 0..<16 {
                    if Self.followsHyphen(index) {
                        buffer[end] = UInt8(ascii: "-")
                        end += 1
                    }
                    buffer[end] = Hexadecimal.digit(bytes[index] >> 4)
                    buffer[end + 1] = Hexadecimal.digit(bytes[index] & 15)
                    end += 2
                }
            }
            return end
        }
    }

    /// Reads the text of an identifier (RFC 9562 §4), in upper or lower case, or returns `nil` if it is anything else.
    public init?(text: String) {
        var text = text
        guard let value = text.withUTF8({ UUID(utf8: UnsafeRawBufferPointer($0)) }) else { return nil }
        self = value
    }

    /// Reads the text of an identifier, as bytes in UTF-8; see the other initializer.
    package init?(utf8 text: UnsafeRawBufferPointer) {
        guard text.count == 36 else { return nil }
        var value: uuid_t = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), position = 0
        let isValid = withUnsafeMutableBytes(of: &value) { bytes in
            for index in 0..<16 {
                if Self.followsHyphen(index) {
                    guard text[position] == UInt8(ascii: "-") else { return false }
                    position += 1
                }
                guard let high = Hexadecimal.value(of: text[position]), let low = Hexadecimal.value(of: text[position + 1]) else {
                    return false
                }
                bytes[index] = high << 4 | low
                position += 2
            }
            return true
        }
        guard isValid else { return nil }
        self.init(uuid: value)
    }
}
