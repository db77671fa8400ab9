import RoostEvents

/// Identifiers of deliveries as texts, whose form callers do not depend on.
extension DeliveryID {
    /// The epoch, the position and the lane, whose name may contain anything.
    var text: String { "\(epoch).\(position).\(lane.name)" }

    /// Reads an identifier.
    /// - Returns: `nil` if the text does not have the form of one.
    init?(text: String) {
        let parts = text.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[2].isEmpty, let epoch = Int64(parts[0]), let position = Int64(parts[1]) else { return nil }
        self.init(lane: Lane(String(parts[2])), epoch: epoch, position: position)
    }
}
