/// The numbers of fields and values on the wire, and the methods of services, at the time of the last export. Keep its file in the
/// repository, so that a change that would break existing messages or clients is found before it is released.
///
/// Removed parts stay in the lock: a field's number and name become reserved, and messages and services that no contract has any more stay
/// as they were. A method cannot be removed from an existing service unless its line is deleted from the lock.
public struct ProtoLock: Hashable, Sendable {
    /// A message, an enumeration or a service.
    struct Entry: Hashable, Sendable {
        /// The kind: `message`, `enum` or `service`.
        var kind: String
        var members: [Int: Member] = [:]
        /// The methods of a service by name.
        var methods: [String: Method] = [:]
    }

    /// The request and the response of a method: the name of a message, after `stream ` if it is a stream.
    struct Method: Hashable, Sendable {
        var request: String
        var reply: String
    }

    struct Member: Hashable, Sendable {
        var name: String
        /// The type of a field, regardless of whether it is optional, which does not change the encoding. It is empty for a value of an
        /// enumeration.
        var type = ""
        var isReserved = false
    }

    /// The entries by their full name.
    var entries: [String: Entry] = [:]

    /// Creates an empty lock.
    public init() {}

    /// Creates the lock of the current files.
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

    /// The reserved numbers and names, in ascending order.
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
