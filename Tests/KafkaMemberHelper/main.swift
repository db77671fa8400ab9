// A member of a group on Kafka, which the tests kill and stop, or a publisher.
//
//     kafka-member-helper join URL GROUP TOPIC [hold]
//     kafka-member-helper publish URL TOPIC KEYS COUNT
//
// A member prints a line for what it receives: `assigned LANE`, `revoked LANE`, `lost LANE`, and `delivered ID LANE`, with `again` if the event may have
// been delivered before. It settles the events unless it is to hold them, and leaves when its input ends. A publisher prints `published NUMBER`
// for each number of `COUNT`, with which it has published an event of each key.
import Foundation
import RoostEvents
import RoostKafka

/// Prints a line at once.
func tell(_ line: String) { FileHandle.standardOutput.write(Data("\(line)\n".utf8)) }

let words = CommandLine.arguments.dropFirst()
guard words.count >= 4, let mode = words.first else { exit(64) }
var timing = KafkaTiming()
// Those that hold events are killed or stopped.
(timing.session, timing.heartbeat) = (words.last == "hold" ? .milliseconds(3500) : .seconds(30), .milliseconds(200))
(timing.poll, timing.handOver) = (.seconds(30), .seconds(1))
let bus = try await KafkaEventBus.open(words[2], timing)

func receive(from member: any GroupMember, holds: Bool) async throws {
    while true {
        for event in try await member.next() {
            switch event {
            case .assigned(let lane): tell("assigned \(lane.name)")
            case .revoked(let lane): tell("revoked \(lane.name)")
            case .lost(let lane): tell("lost \(lane.name)")
            case .delivered(let delivery):
                tell("delivered \(delivery.envelope.id) \(delivery.lane.name)\(delivery.isRedelivered ? " again" : "")")
                if !holds { try await member.settle(delivery.id) }
            }
        }
    }
}

if mode == "join" {
    let member = try await bus.join(GroupMembership(words[3], topics: [words[4]]))
    let reading = Task { try await receive(from: member, holds: words.last == "hold") }
    await withCheckedContinuation { continuation in
        Thread.detachNewThread {
            while readLine() != nil {}
            continuation.resume()
        }
    }
    reading.cancel()
    await member.drain()
} else {
    let keys = Int(words[4]) ?? 1, count = Int(words[5]) ?? 1
    for number in 0..<count {
        let events = (0..<keys).map {
            EventEnvelope(
                id: "\($0)-\(number)", source: "helper", topic: words[3], key: "\($0)", data: Array("{\"number\":\(number)}".utf8))
        }
        // What the cluster has not acknowledged is published again, as the outbox does.
        while true {
            do {
                try await bus.publish(events)
                break
            } catch {
                tell("failed \(number) \(error)")
            }
        }
        tell("published \(number)")
    }
}
await bus.close()
