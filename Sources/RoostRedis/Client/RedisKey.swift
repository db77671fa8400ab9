/// A key that is compared by its bytes, as the server does, and not by what they look like.
struct RedisKey: Hashable, Sendable {
    let text: String

    init(_ text: String) { self.text = text }

    static func == (left: RedisKey, right: RedisKey) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }

    func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}
