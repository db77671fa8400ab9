import Foundation
import Roost
import Testing

/// The zoo's values have the same faults in memory as in JSON.
struct ZooFaultTests {
    private let animal = NewAnimal(
        name: "", currency: "euro", story: "short", legs: 4, weight: 3, temperature: 0,
        friends: [Keeper(email: "nobody", homepage: "ftp://example.com"), Keeper(email: "ada@example.com")], tags: [:], chip: "a b",
        price: 1)

    @Test func anAnimalWithEveryFault() {
        let found = FaultCollector.faults(in: animal)
        #expect(
            found.map(\.pointer) == [
                "/name", "/currency", "/story", "/legs", "/weight", "/temperature", "/friends/0/email", "/friends/0/homepage", "/tags",
                "/chip",
            ])
        #expect(found == decoded(animal))
    }

    @Test func nestedMealsAndFamilies() throws {
        #expect(FaultCollector.faults(in: Meal.twice(.hay(kilograms: .infinity))).map(\.pointer) == ["/twice/hay/kilograms"])
        var head = Animal(id: UUID(), name: "Leo", kind: .land, born: Date(), keeper: nil)
        #expect(FaultCollector.faults(in: Family(head: head, children: [Family(head: head)])) == [])
        head.keeper = Keeper(email: "", homepage: nil)
        let family = Family(head: head, byName: ["a/b": Family(head: head)])
        #expect(FaultCollector.faults(in: family).map(\.pointer) == ["/head/keeper/email", "/byName/a~1b/head/keeper/email"])
        #expect(FaultCollector.faults(in: family) == decoded(family))
    }

    private func decoded<Value: Schema>(_ value: Value) -> [Fault] {
        do throws(DecodingFailure) {
            _ = try JSON.decode(Value.self, from: JSON.encode(value))
        } catch {
            if case .invalid(let faults) = error { return faults }
        }
        return []
    }
}
