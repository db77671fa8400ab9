/// The rules for what a type of event declares.
package enum EventDeclaration {
    /// The largest length of a topic in bytes. With the name of a lane, it fits into the names that every broker allows.
    package static let topicLimit = 200

    /// What the URIs of the schemas begin with.
    package static let schemaPrefix = "urn:events:"

    /// Returns the URI of the schema of a version: `urn:events:orders.ended:2`.
    package static func schemaURI(_ topic: String, _ version: String) -> String { "\(schemaPrefix)\(topic):\(version)" }

    /// Returns what is wrong with a topic, or `nil`.
    package static func fault(ofTopic topic: String) -> String? {
        // Each event that is published is checked: no text is created for it.
        var isAllowed = topic.utf8.count <= topicLimit, isInsidePart = false
        for byte in topic.utf8 where isAllowed {
            isAllowed = isInPart(byte) || byte == UInt8(ascii: ".") && isInsidePart
            isInsidePart = isInPart(byte)
        }
        return isAllowed && isInsidePart
            ? nil
            : "the topic \(topic.prefix(topicLimit)) must consist of lowercase letters, digits and hyphens, in parts with a dot between them, "
                + "and have at most \(topicLimit) bytes"
    }

    private static func isInPart(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
        default: false
        }
    }

    /// Returns what is wrong with the declaration of a type of event, one line for each fault.
    package static func faults<E: Event>(of type: E.Type) -> [String] {
        var faults = [fault(ofTopic: E.topic)].compactMap(\.self)
        if E.version < 1 { faults.append("versions begin with 1, and not with \(E.version)") }
        var seen: Set<Int> = []
        for earlier in E.earlier.map(\.version) {
            if !(1..<max(1, E.version)).contains(earlier) {
                faults.append("version \(earlier) is not earlier than version \(E.version): increase `version`")
            } else if !seen.insert(earlier).inserted {
                faults.append("version \(earlier) is declared twice")
            }
        }
        return faults.map { "the event \(E.self): \($0)" }
    }
}
