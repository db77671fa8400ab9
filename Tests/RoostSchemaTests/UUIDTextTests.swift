import Foundation
import Testing

@testable import RoostSchema

struct UUIDTextTests {
    @Test func theTextIsFoundationsInLowerCase() {
        for _ in 0..<1_000 {
            let id = UUID()
            #expect(id.text == id.uuidString.lowercased())
            #expect(UUID(text: id.text) == id && UUID(text: id.uuidString) == id)
        }
    }

    @Test func anyOtherTextIsNoIdentifier() {
        let text = Array("0123abcd-89AB-cdef-FEDC-0123456789ab".utf8)
        #expect(UUID(text: String(decoding: text, as: UTF8.self)) != nil)
        for position in text.indices {
            for byte in UInt8.min...127 {
                var changed = text
                changed[position] = byte
                let changedText = String(decoding: changed, as: UTF8.self)
                let isRight = [8, 13, 18, 23].contains(position) ? byte == 0x2D : Character(UnicodeScalar(byte)).isHexDigit
                #expect(UUID(text: changedText) == (isRight ? UUID(uuidString: changedText) : nil), "\(changedText)")
            }
            #expect(UUID(text: String(decoding: text[..<position], as: UTF8.self)) == nil)
        }
        for wrong in [
            "", "{0123abcd-89ab-cdef-fedc-0123456789ab}", "0123abcd89abcdeffedc0123456789ab", "0123abcd-89ab-cdef-fedc-0123456789ab0",
        ] {
            #expect(UUID(text: wrong) == nil)
        }
    }
}
