import DequeModule

/// The messages of a channel that were sent and are not confirmed yet, in the order in which they were sent
/// (https://www.rabbitmq.com/docs/confirms#publisher-confirms). A pure state machine.
struct ConfirmWindow<Item> {
    /// `nil` once it is confirmed, so that it is not kept for as long as an earlier one is not.
    private typealias Entry = Item?

    private var entries: Deque<Entry> = []
    /// The number of the oldest entry. A channel counts its messages from 1.
    private var first: UInt64 = 1

    /// The messages that are not confirmed, the oldest first.
    var unconfirmed: [Item] { entries.compactMap(\.self) }

    var isEmpty: Bool { entries.isEmpty }

    /// Adds a message that was sent.
    mutating func add(_ item: Item) { entries.append(item) }

    /// Takes a confirmation.
    /// - Returns: The messages that it is about, the oldest first. Those that were confirmed before are left out.
    mutating func confirm(_ confirmation: AMQPConfirmation) -> [Item] {
        guard confirmation.tag >= first, confirmation.tag - first < UInt64(entries.count) else { return [] }
        let last = Int(confirmation.tag - first)
        var items: [Item] = []
        for index in (confirmation.isMultiple ? 0 : last)...last {
            guard let item = entries[index].take() else { continue }
            items.append(item)
        }
        while case .some(nil) = entries.first {
            entries.removeFirst()
            first += 1
        }
        return items
    }
}
