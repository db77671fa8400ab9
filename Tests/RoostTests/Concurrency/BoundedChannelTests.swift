import Synchronization
import Testing

@testable import Roost

@Suite(.timeLimit(.minutes(5))) struct BoundedChannelTests {
    private struct Fault: Error {}

    private func rest(of channel: BoundedChannel<Int>) async throws -> [Int] {
        var elements: [Int] = []
        while let element = try await channel.next() { elements.append(element) }
        return elements
    }

    @Test func elementsComeInOrderAndThenTheEnd() async throws {
        let channel = BoundedChannel<Int>(capacity: 2)
        for number in 0..<10 { #expect(channel.send(number)) }
        channel.finish()
        #expect(!channel.send(10))
        #expect(try await rest(of: channel) == Array(0..<10))
        #expect(try await channel.next() == nil)
    }

    @Test func theFirstEndCountsAndComesAfterTheElements() async throws {
        let channel = BoundedChannel<Int>(capacity: 2)
        channel.send(1)
        channel.finish(.failure(Fault()))
        channel.finish()
        #expect(try await channel.next() == 1)
        for _ in 0..<2 { await #expect(throws: Fault.self) { try await channel.next() } }
    }

    @Test func anEndCanDiscardTheElements() async throws {
        let channel = BoundedChannel<Int>(capacity: 2)
        channel.send(1)
        channel.finish(.failure(Fault()), discarding: true)
        await #expect(throws: Fault.self) { try await channel.next() }
        #expect(channel.size == 0)
    }

    @Test func itIsFullFromItsCapacityOn() async throws {
        let channel = BoundedChannel<Int>(capacity: 10)
        channel.send(1, size: 9)
        #expect(channel.hasRoom && channel.size == 9)
        channel.send(2, size: 5)
        #expect(!channel.hasRoom && channel.size == 14)
        #expect(try await channel.next() == 1)
        #expect(channel.hasRoom && channel.size == 5)
    }

    @Test func aProducerWaitsForRoom() async throws {
        let channel = BoundedChannel<Int>(capacity: 2), sent = Atomic(0)
        let producer = Task {
            for number in 0..<100 {
                channel.send(number)
                sent.store(number + 1, ordering: .relaxed)
                guard await channel.waitForRoom() else { return }
            }
            channel.finish()
        }
        for number in 0..<100 {
            #expect(try await channel.next() == number)
            #expect(sent.load(ordering: .relaxed) <= number + 4)
        }
        #expect(try await channel.next() == nil)
        await producer.value
    }

    @Test func withoutCapacityThereIsRoomWhileTheReaderWaits() async throws {
        let channel = BoundedChannel<Int>(capacity: 0)
        #expect(!channel.hasRoom)
        let reader = Task { try await channel.next() }
        #expect(await channel.waitForRoom())
        #expect(channel.hasRoom)
        channel.send(1)
        #expect(try await reader.value == 1)
        #expect(!channel.hasRoom)
    }

    @Test(arguments: [true, false]) func aProducerStopsWaitingWhenNobodyReads(isCancelled: Bool) async {
        let channel = BoundedChannel<Int>(capacity: 1)
        channel.send(1)
        let producer = Task { await channel.waitForRoom() }
        isCancelled ? channel.cancel() : channel.finish()
        #expect(await !producer.value)
        #expect(!channel.send(2))
        #expect(await !channel.waitForRoom())
    }

    @Test func aCancelledProducerStopsWaiting() async {
        let channel = BoundedChannel<Int>(capacity: 1)
        channel.send(1)
        let producer = Task { await channel.waitForRoom() }
        producer.cancel()
        #expect(await !producer.value)
        #expect(channel.send(2))
    }

    @Test func aCancelledReaderLosesNothing() async throws {
        let channel = BoundedChannel<Int>(capacity: 1)
        let reader = Task { try await channel.next() }
        reader.cancel()
        await #expect(throws: CancellationError.self) { try await reader.value }
        channel.send(1)
        #expect(try await channel.next() == 1)
    }

    @Test func onlyOneTaskReads() async throws {
        let channel = BoundedChannel<Int>(capacity: 0)
        let reader = Task { try await channel.next() }
        #expect(await channel.waitForRoom())
        await #expect { try await channel.next() } throws: { ($0 as? TransportError)?.code == .concurrentRead }
        channel.send(1)
        #expect(try await reader.value == 1)
    }

    /// A body whose last pieces were discarded is not a complete one.
    @Test func whatIsDiscardedIsNotTheEnd() async throws {
        let channel = BoundedChannel<Int>(capacity: 2)
        channel.send(1)
        channel.finish()
        channel.cancel()
        await #expect(throws: CancellationError.self) { try await channel.next() }
        let whole = BoundedChannel<Int>(capacity: 2)
        whole.finish()
        whole.cancel()
        #expect(try await whole.next() == nil)
    }

    @Test func aReaderThatStopsTellsTheProducerUnlessItHasEnded() async {
        let cancelled = Atomic(0), demands = Atomic(0)
        for ends in [true, false] {
            let channel = BoundedChannel<Int>(
                capacity: 1, onDemand: { demands.add(1, ordering: .relaxed) }, onCancel: { cancelled.add(1, ordering: .relaxed) })
            channel.send(1)
            if ends { channel.finish() }
            channel.cancel()
            channel.cancel()
            #expect(channel.size == 0 && channel.isCancelled)
        }
        #expect(cancelled.load(ordering: .relaxed) == 1 && demands.load(ordering: .relaxed) == 0)
    }

    @Test func aReaderWhoTakesOrWaitsIsDemand() async throws {
        let demands = Atomic(0)
        let channel = BoundedChannel<Int>(capacity: 1, onDemand: { demands.add(1, ordering: .relaxed) })
        channel.send(1)
        _ = try await channel.next()
        #expect(demands.load(ordering: .relaxed) == 1)
        let reader = Task { try await channel.next() }
        while demands.load(ordering: .relaxed) == 1 { await Task.yield() }
        channel.send(2)
        #expect(try await reader.value == 2)
    }

    @Test func aFillerComesInsteadOfALateElement() async throws {
        let channel = BoundedChannel<Int>(capacity: 1)
        #expect(try await channel.next(within: .zero, else: 0) == 0)
        #expect(try await channel.next(within: .milliseconds(1), else: 0) == 0)
        channel.send(1)
        #expect(try await channel.next(within: .zero, else: 0) == 1)
        let reader = Task { try await channel.next(within: .seconds(3600), else: 0) }
        channel.send(2)
        #expect(try await reader.value == 2)
        channel.finish()
        #expect(try await channel.next(within: .seconds(3600), else: 0) == nil)
    }

    @Test func aStreamIsOneElementAhead() async throws {
        let channel = BoundedChannel<Int>(capacity: 1), made = Atomic(0)
        let stream = MessageStream<Int>(unfolding: { made.add(1, ordering: .relaxed).newValue })
        let sending = Task { await channel.send(all: stream) }
        for number in 1...50 {
            #expect(try await channel.next() == number)
            #expect(made.load(ordering: .relaxed) <= number + 2)
        }
        channel.cancel()
        await sending.value
    }

    @Test func aStreamPassesItsErrorOn() async {
        let channel = BoundedChannel<Int>(capacity: 1)
        await channel.send(all: MessageStream(unfolding: { throw Fault() }))
        await #expect(throws: Fault.self) { try await channel.next() }
    }

    @Test func smallPiecesAreJoined() async throws {
        let channel = BoundedChannel<[UInt8]>(capacity: 100)
        for piece: [UInt8] in [[1, 2], [3], [4, 5, 6], [7]] { channel.send(piece, joiningUpTo: 4) }
        #expect(channel.size == 7)
        #expect(try await channel.next() == [1, 2, 3])
        #expect(try await channel.next() == [4, 5, 6, 7])
        #expect(channel.size == 0)
    }

    /// Every element that was accepted is read, in order, however often its reader is cancelled while it waits.
    @Test func cancellationsLoseNoElement() async throws {
        let channel = BoundedChannel<Int>(capacity: 4)
        let producer = Task {
            for number in 0..<5000 {
                channel.send(number)
                guard await channel.waitForRoom() else { return }
            }
            channel.finish()
        }
        var read: [Int] = [], isOver = false
        while !isOver {
            let reader = Task { try await channel.next() }
            if read.count.isMultiple(of: 3) { Task { reader.cancel() } }
            do {
                if let element = try await reader.value { read.append(element) } else { isOver = true }
            } catch is CancellationError {}
        }
        #expect(read == Array(0..<5000))
        await producer.value
    }
}
