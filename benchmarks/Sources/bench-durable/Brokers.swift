import ArgumentParser
import Foundation
import Measuring
import Roost
import RoostEvents
import RoostKafka
import RoostRabbitMQ
import RoostSQLite

/// Opens an event bus of any kind.
func openBus(_ url: String) async throws -> any EventBus {
    try await [Driver.sqlite, .rabbitMQ, .kafka].open(ResourceURL(url, key: "--bus"), as: (any EventBus).self)
}

/// The events that one program publishes, and another one reads.
struct BrokerLoad: ParsableArguments {
    static let group = GroupMembership("handler", topics: [PlacedOrder.topic])

    @Option(help: "The bus's URL.") var bus: String
    @Option(help: "The number of events.") var events = 10_000
    @Option(help: "The file with the data of each event.") var order: String
    @Option(help: "How many events are published at once.") var batch = 128
    @Option(help: "How many publish at the same time.") var callers = 2
}

/// Measures how fast a broker takes events: each caller publishes a batch after the other, and waits until it is stored. Prints what `measure` prints.
struct Publish: AsyncParsableCommand {
    @OptionGroup var load: BrokerLoad

    func run() async throws {
        let bus = try await openBus(load.bus), data = [UInt8](try Data(contentsOf: URL(filePath: load.order))), batch = load.batch
        try await bus.declare([BrokerLoad.group])
        try await measure(callers: load.callers, times: load.events / load.callers / batch, each: batch) {
            try await bus.publish(
                (0..<batch).map { _ in
                    let id = UUID.v7().text
                    return EventEnvelope(id: id, source: "bench", topic: PlacedOrder.topic, key: id, data: data)
                })
        }
        await bus.close()
    }
}

/// Measures how fast the events that are there are delivered and settled, from the first to the last of them. Prints how many there were, in how many
/// seconds, and the processor time of this process meanwhile.
struct Consume: AsyncParsableCommand {
    @OptionGroup var load: BrokerLoad

    func run() async throws {
        let bus = try await openBus(load.bus), member = try await bus.join(BrokerLoad.group)
        var left = load.events, began = ContinuousClock.now, used = 0.0
        while left > 0 {
            for case .delivered(let delivery) in try await member.next() {
                if left == load.events { (began, used) = (.now, processorSeconds()) }
                if let fault = delivery.fault { throw ValidationError(fault) }
                try await member.settle(delivery.id)
                left -= 1
            }
        }
        print(load.events, (ContinuousClock.now - began) / .seconds(1), processorSeconds() - used)
        await member.drain()
        await bus.close()
    }
}
