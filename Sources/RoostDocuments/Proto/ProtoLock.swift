/// The numbers that fields and values have on the wire, as they were when they were last agreed on. A file of the repository holds it, so
/// that a change which would make old messages mean something else is seen before it is out.
///
/// What is gone stays in the lock: a field's number and name as reserved, a message's as they were.
public struct ProtoLock: Hashable, Sendable {
    /// A message or an enumeration.
    struct Entry: Hashable, Sendable {
        /// `message` or `enum`.
        var kind: String
        var members: [Int: Member] = [:]
    }

    struct Member: Hashable, Sendable {
        var name: String
        /// The type, without whether it may be left out, which does not change the bytes; empty for an enumeration's value.
        var type = ""
        var isReserved = false
    }

    /// By name, with the package before it.
    var entries: [String: Entry] = [:]

    /// The lock of nothing yet.
    public init() {}

    /// What files say now.
    public init(_ files: [ProtoFile]) {
        for file in files {
            for message in file.messages { entries["\(file.package).\(message.name)"] = Entry(message) }
            for enumeration in file.enumerations { entries["\(file.package).\(enumeration.name)"] = Entry(enumeration) }
        }
    }
}

extension ProtoLock.Entry {
    fileprivate init(_ message: ProtoMessage) {
        kind = "message"
        for field in message.fields { members[field.number] = ProtoLock.Member(name: field.name, type: field.lockedType) }
        reserve(message.reserved)
    }

    fileprivate init(_ enumeration: ProtoEnumeration) {
        kind = "enum"
        for value in enumeration.values where value.number != 0 { members[value.number] = ProtoLock.Member(name: value.name) }
        reserve(enumeration.reserved)
    }

    private mutating func reserve(_ reservations: [ProtoReservation]) {
        for reservation in reservations { members[reservation.number] = ProtoLock.Member(name: reservation.name, isReserved: true) }
    }

    /// What was in use once and is no more, in the numbers' order.
    var reservations: [ProtoReservation] {
        members.filter(\.value.isReserved).sorted { $0.key < $1.key }.map { ProtoReservation(number: $0, name: $1.name) }
    }
}

extension ProtoField {
    fileprivate var lockedType: String {
        switch cardinality {
        case .single, .optional: type.text
        case .repeated: "repeated \(type.text)"
        case .map: "map<string, \(type.text)>"
        }
    }
}
