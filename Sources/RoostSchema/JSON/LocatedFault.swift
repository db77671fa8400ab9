/// A fault and its place in the text.
struct LocatedFault {
    /// The offset of the faulty value, or of a value that contains it.
    let offset: Int
    /// The pointer from that value to the faulty part.
    let pointer: String
    let rule: String
    let message: String
}
