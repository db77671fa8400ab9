extension ProtoLock {
    /// A change that breaks existing messages or clients.
    public struct Break: Hashable, Sendable, CustomStringConvertible {
        /// The message, enumeration or service, with its package.
        public let type: String
        /// What changed, and what to do about it.
        public let change: String

        /// The type and the change.
        public var description: String { "\(type): \(change)" }
    }

    /// Returns the changes that break existing messages or clients. Adding and removing fields and adding methods is allowed.
    /// - Parameters:
    ///   - current: The lock of the current files.
    ///   - committed: The lock from the last export.
    public static func check(_ current: ProtoLock, against committed: ProtoLock) -> [Break] {
        committed.entries.sorted { $0.key < $1.key }.flatMap { name, before -> [Break] in
            guard let now = current.entries[name] else { return [] }
            let changes =
                before.kind == now.kind
                ? now.changes(since: before) + now.methodChanges(since: before) : ["was of kind \(before.kind) and is now \(now.kind)"]
            return changes.map { Break(type: name, change: $0) }
        }
    }

    /// Returns this lock with all additions. Removed fields and values become reserved.
    public func updated(to current: ProtoLock) -> ProtoLock {
        var lock = self
        lock.entries.merge(current.entries) { before, now in
            var merged = now
            for (number, member) in before.members where merged.members[number] == nil {
                merged.members[number] = Member(name: member.name, isReserved: true)
            }
            return merged
        }
        return lock
    }
}

extension ProtoLock.Entry {
    fileprivate func changes(since before: Self) -> [String] {
        before.members.sorted { $0.key < $1.key }.compactMap { number, old in
            guard let new = members[number] else { return moved(old, from: number) }
            if new.isReserved { return nil }
            if old.isReserved {
                return "\(new.name) has the number \(number), which belonged to \(old.name): give it another number with @Field"
            }
            if old.name != new.name {
                return "the number \(number) was \(old.name) and is now \(new.name): give the new one another number with @Field"
            }
            return old.type == new.type ? nil : "\(old.name) was \(old.type) and is now \(new.type): add a new field instead"
        }
    }

    /// Replacing an empty message by another one is allowed: it decodes as any other message, and a client that expects an empty one
    /// ignores the fields.
    fileprivate func methodChanges(since before: Self) -> [String] {
        before.methods.sorted { $0.key < $1.key }.flatMap { name, old -> [String] in
            guard let new = methods[name] else {
                return ["\(name) was removed, which breaks its callers: restore it, or delete its line from the lock if nobody calls it"]
            }
            return [("takes", old.request, new.request), ("returns", old.reply, new.reply)].compactMap { verb, old, new in
                guard old != new, old != ProtoFile.emptyName else { return nil }
                return "\(name) \(verb) \(new) instead of \(old): add a new method, or change its line in the lock if nobody calls it"
            }
        }
    }

    private func moved(_ old: ProtoLock.Member, from number: Int) -> String? {
        guard let (now, _) = members.first(where: { $1.name == old.name && !$1.isReserved }) else { return nil }
        return old.isReserved
            ? "\(old.name) is the name of a removed field with the number \(number): choose another name"
            : "\(old.name) had the number \(number) and now has \(now): keep the number with @Field(\(number))"
    }
}

extension ProtoFile {
    /// Returns the file with the reservations of a lock.
    public func reserving(_ lock: ProtoLock) -> ProtoFile {
        var file = self
        for index in messages.indices {
            file.messages[index].reserved = lock.entries["\(package).\(messages[index].name)"]?.reservations ?? []
        }
        for index in enumerations.indices {
            file.enumerations[index].reserved = lock.entries["\(package).\(enumerations[index].name)"]?.reservations ?? []
        }
        return file
    }
}
