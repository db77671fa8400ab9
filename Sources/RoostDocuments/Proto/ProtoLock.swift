/// The numbers that fields and values have on the wire, and the methods of services, as they were when they were last agreed on. A file of
/// the repository holds it, so that a change which would make old messages mean something else, or old callers fail, is seen before it is
/// out.
///
/// What is gone stays in the lock: a field's number and name as reserved, a message or a service that no contract has as it was. A method
/// may not go from a service that there is, unless its line is deleted from the lock.
public struct ProtoLock: Hashable, Sendable {
    /// A message, an enumeration or a service.
    struct Entry: Hashable, Sendable {
        /// `message`, `enum` or `service`.
        var kind: String
        var members: [Int: Member] = [:]
        /// A service's methods, by name.
        var methods: [String: Method] = [:]
    }

    /// What a method takes and answers: the name of a message, behind `stream ` where it is one.
    struct Method: Hashable, Sendable {
        var request: String
        var reply: String
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
            if let service = file.service { entries["\(file.package).\(service.name)"] = Entry(service) }
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

    fileprivate init(_ service: ProtoService) {
        kind = "service"
        for method in service.methods {
            methods[method.name] = ProtoLock.Method(
                request: (method.streamsRequest ? "stream " : "") + method.request,
                reply: (method.streamsReply ? "stream " : "") + method.reply)
        }
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
