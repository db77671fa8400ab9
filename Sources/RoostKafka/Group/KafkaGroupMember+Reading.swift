import CRoostKafka
import Roost
import RoostEvents

extension KafkaGroupMember {
    /// The largest number of records of a lane that are read at once, so that all lanes have their turn.
    private static let readLimit = 32

    /// Reads what there is room for.
    func read() -> [BusEvent] {
        guard case .steady = phase else { return [] }
        guard !sources.isEmpty else { return [] }
        turn = (turn + 1) % sources.count
        var events: [BusEvent] = [], isHeld = false
        for step in sources.indices {
            let source = sources[(turn + step) % sources.count]
            read(source, into: &events)
            isHeld = isHeld || lanes.isHeld(at: source.index)
        }
        // The first events of lanes wait for a commit.
        if isHeld || events.isEmpty { serveOnce() }
        return events
    }

    private func read(_ source: Source, into events: inout [BusEvent]) {
        let index = source.index
        if lanes.room(at: index) > 0, let held = lanes.takeHeld(at: index), let delivery = lanes.deliver(held, at: index) {
            events.append(.delivered(delivery))
        }
        var count = 0, room = lanes.room(at: index)
        while room > 0, !lanes.isHeld(at: index) {
            guard count < Self.readLimit else {
                // Nothing else may happen that would continue with the rest.
                wake.notify()
                break
            }
            guard let event = source.queue.next() else { break }
            count += 1
            if event.log() { continue }
            guard let item = source.reader.item(event), let delivery = take(item, of: source) else { continue }
            events.append(.delivered(delivery))
            room -= 1
        }
    }

    private func take(_ item: KafkaItem, of source: Source) -> Delivery? {
        switch item {
        case .passed(let offset):
            noteEnd(of: source)
            lanes.pass(offset, at: source.index)
        case .end(let offset): lanes.noteEnd(offset, at: source.index)
        case .failure(let error): note(error)
        case .message(let message):
            noteEnd(of: source)
            return lanes.deliver(message, at: source.index)
        }
        return nil
    }

    /// Notes the end of a partition, which came with its first records.
    private func noteEnd(of source: Source) {
        guard lanes.needsEnd(at: source.index), let client else { return }
        let partition = source.reader.partition
        var low: Int64 = -1, high: Int64 = -1
        let code = rd_kafka_get_watermark_offsets(client.handle, partition.topic, partition.number, &low, &high)
        if code == RD_KAFKA_RESP_ERR_NO_ERROR, high >= 0 { lanes.noteEnd(high, at: source.index) }
    }
}
