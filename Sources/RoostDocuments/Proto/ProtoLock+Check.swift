extension ProtoLock {
    /// Something that means one thing in messages of before and another in those of now.
    public struct Break: Hashable, Sendable, CustomStringConvertible {
        /// The message, enumeration or service, with its package.
        public let type: String
        /// What changed.
        public let change: String

        public var description: String { "\(type): \(change)" }
    }

    /// What breaks old messages and old callers. That fields are added or removed, or methods added, does not.
    public static func check(_ current: ProtoLock, against committed: ProtoLock) -> [Break] {
        committed.entries.sorted { $0.key < $1.key }.flatMap { name, before -> [Break] in
            guard let now = current.entries[name] else { return [] }
            let changes =
                before.kind == now.kind
                ? now.changes(since: before) + now.methodChanges(since: before) : ["was of kind \(before.kind) and is \(now.kind)"]
            return changes.map { Break(type: name, change: $0) }
        }
    }

    /// This lock with what is there now; what is there no more is reserved.
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
            if old.isReserved { return "\(new.name) has the number \(number), which belonged to \(old.name): give it another with @Field" }
            if old.name != new.name {
                return "the number \(number) was \(old.name) and is \(new.name): give the new one another with @Field"
            }
            return old.type == new.type ? nil : "\(old.name) was \(old.type) and is \(new.type): make it a new field"
        }
    }

    /// An old caller's empty message is read as any other, and it passes over what is answered where it expects nothing.
    fileprivate func methodChanges(since before: Self) -> [String] {
        before.methods.sorted { $0.key < $1.key }.flatMap { name, old -> [String] in
            guard let new = methods[name] else {
                return ["\(name) is gone, and who calls it fails: bring it back, or delete its line in the lock if nobody does"]
            }
            return [("takes", old.request, new.request), ("answers", old.reply, new.reply)].compactMap { verb, old, new in
                guard old != new, old != ProtoFile.emptyName else { return nil }
                return "\(name) \(verb) \(new) in place of \(old): make it a new method, or change its line in the lock if nobody calls it"
            }
        }
    }

    private func moved(_ old: ProtoLock.Member, from number: Int) -> String? {
        guard let (now, _) = members.first(where: { $1.name == old.name && !$1.isReserved }) else { return nil }
        return old.isReserved
            ? "\(old.name) is the name of a field that is gone, of the number \(number): take another name"
            : "\(old.name) had the number \(number) and has \(now): keep it with @Field(\(number))"
    }
}

extension ProtoFile {
    /// The file, with what the lock says is not to be used again.
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
