import Testing

@testable import RoostRabbitMQ

@Suite struct GroupViewTests {
    /// Members that receive each other's announcements at once, and the lines of the lanes, of which the first is active.
    private struct World {
        var views: [String: GroupView] = [:]
        var lines: [[String]] = Array(repeating: [], count: KeyLane.count)
        var moves = 0

        mutating func join(_ id: String, topics: Set<String> = ["a"]) {
            views[id] = GroupView(id: id, topics: topics)
            tell(id, .hello)
            for other in views.keys where other != id { tell(other, .change) }
            settle()
        }

        mutating func leave(_ id: String) {
            for other in views.keys where other != id {
                _ = views[other]?.receive(MemberAnnouncement(member: id, occasion: .leaving, topics: [], lanes: []), at: .zero)
            }
            views[id] = nil
            for lane in lines.indices { lines[lane].removeAll { $0 == id } }
            settle()
        }

        private func lanes(of id: String) -> Set<Int> { Set(lines.indices.filter { lines[$0].contains(id) }) }

        private mutating func tell(_ id: String, _ occasion: MemberAnnouncement.Occasion) {
            guard let announcement = views[id]?.announcement(occasion, lanes: lanes(of: id)) else { return }
            for other in views.keys where other != id { _ = views[other]?.receive(announcement, at: .zero) }
        }

        /// Does what the members want until they want nothing more.
        private mutating func settle() {
            for _ in 0..<1000 {
                var isQuiet = true
                for id in views.keys.shuffled() {
                    let lanes = lanes(of: id), steps = views[id]?.steps(from: lanes) ?? []
                    for step in steps {
                        isQuiet = false
                        moves += 1
                        switch step {
                        case .open(let lane): lines[lane].append(id)
                        case .release(let lane): lines[lane].removeAll { $0 == id }
                        case .yield(let lane):
                            lines[lane].removeAll { $0 == id }
                            tell(id, .change)
                            lines[lane].append(id)
                        }
                    }
                    tell(id, .change)
                }
                if isQuiet { return }
            }
            Issue.record("the members do not agree")
        }
    }

    @Test func aMemberAloneHasAllLanes() {
        var world = World()
        world.join("a")
        #expect(world.lines.allSatisfy { $0 == ["a"] })
    }

    @Test(arguments: 0..<50)
    func howeverMembersComeAndGoEachLaneHasItsOwnerFirstAndAnotherBehindIt(_ seed: Int) {
        var world = World(), present: Set<String> = [], next = 0
        for _ in 0..<12 {
            if present.isEmpty || present.count < 5 && Bool.random() {
                next += 1
                let id = "member \(String(repeating: "0", count: 3 - "\(next)".count))\(next)"
                present.insert(id)
                world.join(id)
            } else if let id = present.randomElement() {
                present.remove(id)
                world.leave(id)
            }
            guard !present.isEmpty else { continue }
            let sorted = present.sorted()
            for (lane, line) in world.lines.enumerated() {
                #expect(line.first == sorted[lane % sorted.count])
                #expect(line.count == min(2, sorted.count))
            }
        }
        #expect(world.moves < 1000)
    }

    @Test func aMemberThatLacksATopicOfTheOthersHasNoLane() {
        var world = World()
        world.join("a", topics: ["x"])
        world.join("b", topics: ["x", "y"])
        #expect(world.lines.allSatisfy { $0 == ["b"] })
        world.leave("b")
        #expect(world.lines.allSatisfy { $0 == ["a"] })
    }

    @Test func aMemberThatIsSilentForTooLongIsForgotten() {
        var view = GroupView(id: "a", topics: ["x"])
        let isNew = view.receive(MemberAnnouncement(member: "b", occasion: .hello, topics: ["x"], lanes: []), at: .zero)
        #expect(isNew)
        let isTooEarly = view.expire(at: GroupView.limit - .seconds(1)), isGone = view.expire(at: GroupView.limit)
        #expect(!isTooEarly && isGone)
    }
}
