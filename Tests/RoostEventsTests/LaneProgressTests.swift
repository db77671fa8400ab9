import Testing

@testable import RoostEvents

@Suite struct LaneProgressTests {
    @Test func onlyWhatIsSettledWithoutAGapIsWritten() {
        var lane = LaneProgress(through: 3)
        for position: Int64 in [5, 7, 8] { lane.deliver(position) }
        #expect(lane.through == 4 && !lane.isSettled)
        lane.settle(7)
        #expect(lane.through == 4)
        lane.settle(5)
        #expect(lane.through == 7 && lane.count == 3)
        lane.write(through: 7)
        #expect(lane.count == 1 && lane.written == 7)
        lane.settle(8)
        #expect(lane.through == 8 && lane.isSettled)
    }

    @Test func whatIsPassedOverIsSettledOnceNothingBeforeItIsOpen() {
        var lane = LaneProgress(through: 0)
        lane.deliver(2)
        lane.pass(through: 10)
        #expect(lane.through == 1 && lane.read == 10)
        lane.settle(2)
        #expect(lane.through == 10)
        lane.write(through: 10)
        #expect(lane.count == 0)
    }

    @Test func whatWasNotDeliveredOrIsWrittenCannotBeSettled() {
        var lane = LaneProgress(through: 4)
        lane.settle(4)
        lane.settle(9)
        lane.deliver(9)
        #expect(lane.through == 8)
        lane.settle(9)
        lane.settle(9)
        #expect(lane.through == 9 && lane.isSettled)
    }

    @Test(arguments: [1, 3, 5, 32, 40])
    func sharesAddUpToAllLanes(count: Int) {
        let members = Dictionary(uniqueKeysWithValues: (0..<count).map { ("\($0)", Set(["t"])) })
        let shares = members.keys.map { LaneShares.share(of: $0, among: members, lanes: 32) }
        #expect(shares.reduce(0, +) == 32)
        #expect((shares.max() ?? 0) - (shares.min() ?? 0) <= 1)
    }

    @Test func aMemberThatLacksATopicHasNoLanes() {
        let members: [String: Set<String>] = ["old": ["a"], "new": ["a", "b"]]
        #expect(LaneShares.share(of: "old", among: members, lanes: 32) == 0)
        #expect(LaneShares.share(of: "new", among: members, lanes: 32) == 32)
        #expect(LaneShares.share(of: "old", among: ["old": ["a"], "other": ["b"]], lanes: 32) == 16)
    }
}
