import Foundation
import Roost
import RoostData
import RoostSQLite
import RoostTesting
import Testing

@Model("people")
struct PersonRow: Hashable {
    @Key var name: String
    var age: Int
    @References(PersonRow.self) var mentor: PersonRow.ID?
}

@Model("tasks")
struct TaskRow: Hashable {
    @Key var title: String
    @References(PersonRow.self) var owner: PersonRow.ID?
    var hours = 1
    @DeletedAt var deletedAt: Date?
}

@Model("visits")
struct VisitRow: Hashable {
    @Key var person: String
    @Key var day: Int
}

/// Queries over several models, and over one model more than once.
@Suite(.timeLimit(.minutes(5))) final class RelationTests {
    private let directory: TemporaryFolder

    init() throws { directory = try TemporaryFolder() }

    private func open() async throws -> Database {
        let tables = Migration(
            "0001_people",
            """
            CREATE TABLE people (name TEXT PRIMARY KEY, age INTEGER NOT NULL, mentor TEXT REFERENCES people);
            CREATE TABLE tasks (title TEXT PRIMARY KEY, owner TEXT REFERENCES people, hours INTEGER NOT NULL, deleted_at INTEGER);
            CREATE TABLE visits (person TEXT NOT NULL, day INTEGER NOT NULL, PRIMARY KEY (person, day));
            """)
        let database = try await Database.open(directory.databaseURL(), migrations: [tables])
        try await database.insert([
            PersonRow(name: "Ada", age: 60), PersonRow(name: "Ben", age: 30, mentor: "Ada"), PersonRow(name: "Cid", age: 40, mentor: "Ada"),
        ])
        try await database.insert([
            TaskRow(title: "a1", owner: "Ada"), TaskRow(title: "b1", owner: "Ben", hours: 3), TaskRow(title: "b2", owner: "Ben", hours: 5),
            TaskRow(title: "free"), TaskRow(title: "gone", owner: "Cid", deletedAt: Date(timeIntervalSince1970: 0)),
        ])
        try await database.insert([VisitRow(person: "Ben", day: 1), VisitRow(person: "Ben", day: 2)])
        return database
    }

    private func names(in database: Database, _ condition: (PersonRow.Columns) -> Condition) async throws -> [String] {
        try await database.fetch(PersonRow.where(condition).order { $0.name }).map(\.name)
    }

    @Test func aRowWithoutAPartnerComesWithNil() async throws {
        let database = try await open()
        let pairs = try await database.fetch(
            PersonRow.all.leftJoin(TaskRow.self) { $0.name == $1.owner.unwrapped }.order { person, task in (person.name, task.title) })
        #expect(pairs.map { "\($0.0.name) \($0.1?.title ?? "-")" } == ["Ada a1", "Ben b1", "Ben b2", "Cid -"])
        let withMentors = TaskRow.all.leftJoin(PersonRow.self) { $0.owner.unwrapped == $1.name }
            .leftJoin(PersonRow.self) { _, owner, mentor in owner.mentor.unwrapped == mentor.name && mentor.age > 50 }
        let three = try await database.fetch(withMentors.order { task, _, _ in task.title })
        #expect(
            three.map { "\($0.0.title) \($0.1?.name ?? "-") \($0.2?.name ?? "-")" } == ["a1 Ada -", "b1 Ben Ada", "b2 Ben Ada", "free - -"])
        let withVisits = PersonRow.all.leftJoin(TaskRow.self) { $0.name == $1.owner.unwrapped && $1.hours > 3 }
            .join(VisitRow.self) { person, _, visit in person.name == visit.person }
        let mixed = try await database.fetch(withVisits.order { _, _, visit in visit.day })
        #expect(mixed.map { "\($0.0.name) \($0.1?.title ?? "-") \($0.2.day)" } == ["Ben b2 1", "Ben b2 2"])
        let hours = try await database.fetch(
            PersonRow.all.leftJoin(TaskRow.self) { $0.name == $1.owner.unwrapped }.group { person, _ in person.name }
                .order { person, _ in person.name }.select { ($0.name, $1.title.count, $1.hours.max) })
        #expect(hours.map { "\($0.0) \($0.1) \($0.2 ?? 0)" } == ["Ada 1 1", "Ben 2 5", "Cid 0 0"])
        let none = try await database.first(
            PersonRow.where { $0.name == "Cid" }.leftJoin(VisitRow.self) { $0.name == $1.person }.select { ($0.name, $1.day.asOptional) })
        #expect(none?.1 == .some(nil))
    }

    @Test func anInnerQueryRefersToTheOuterRow() async throws {
        let database = try await open()
        #expect(try await names(in: database) { person in .exists(TaskRow.where { $0.owner.unwrapped == person.name }) } == ["Ada", "Ben"])
        #expect(try await names(in: database) { person in !.exists(TaskRow.where { $0.owner.unwrapped == person.name }) } == ["Cid"])
        // Both queries are of the same model.
        #expect(try await names(in: database) { person in .exists(PersonRow.where { $0.mentor.unwrapped == person.name }) } == ["Ada"])
        #expect(
            try await names(in: database) { person in .exists(PersonRow.where { $0.age > person.age && $0.name != person.name }) } == [
                "Ben", "Cid",
            ])
        #expect(
            try await names(in: database) { person in person.name.isIn(PersonRow.where { $0.age < person.age }.select { $0.name }) } == [])
        // Three levels, the innermost of which refers to all.
        let third = try await names(in: database) { person in
            .exists(
                PersonRow.where { other in
                    other.age > person.age && .exists(TaskRow.where { $0.owner.unwrapped == other.name && $0.hours < person.age })
                })
        }
        #expect(third == ["Ben", "Cid"])
    }

    @Test func aQueryThatWasMadeBeforeKeepsItsMeaning() async throws {
        let database = try await open()
        let old = PersonRow.where { $0.age > 50 }
        let oldWithTasks = old.where { person in .exists(TaskRow.where { $0.owner.unwrapped == person.name }) }
        #expect(try await names(in: database) { $0.name.isIn(old.select { $0.name }) } == ["Ada"])
        #expect(try await names(in: database) { person in .exists(old) } == ["Ada", "Ben", "Cid"])
        // It is continued within the closure of another query.
        #expect(try await names(in: database) { person in .exists(old.where { $0.name == person.mentor ?? "" }) } == ["Ben", "Cid"])
        #expect(try await names(in: database) { person in .exists(oldWithTasks.where { $0.age > person.age }) } == ["Ben", "Cid"])
    }

    @Test func theFirstResultOfAQueryIsAnExpression() async throws {
        let database = try await open()
        let hours = try await database.fetch(
            PersonRow.all.order { $0.name }.select { person in
                (person.name, Expr(first: TaskRow.where { $0.owner.unwrapped == person.name }) { $0.hours.sum })
            })
        #expect(hours.map { "\($0.0) \($0.1 ?? -1)" } == ["Ada 1", "Ben 8", "Cid 0"])
        let titles = try await database.fetch(
            PersonRow.all.order { $0.name }.select { person in
                Expr(first: TaskRow.where { $0.owner.unwrapped == person.name }.order { $0.title.descending }) { $0.title }
            })
        #expect(titles == ["a1", "b2", nil])
    }

    @Test func changesRefersToOtherRows() async throws {
        let database = try await open()
        let idle = PersonRow.where { person in !.exists(TaskRow.where { $0.owner.unwrapped == person.name }) }
        #expect(try await database.run(idle.update { $0.age += 1 }.returning { $0.age }) == [41])
        let busy = TaskRow.where { task in .exists(PersonRow.where { $0.name == task.owner.unwrapped && $0.age < 35 }) }
        #expect(try await database.run(busy.delete()) == 2)
        #expect(try await database.fetch(TaskRow.all.order { $0.title }.select { $0.title }) == ["a1", "free"])
    }

    @Test func rowsComeWithThoseOfSeveralModels() async throws {
        let database = try await open()
        let query = PersonRow.all.order { $0.name }
            .including(TaskRow.all.order { $0.title }) { $0.owner }
            .including(VisitRow.all.order { $0.day.descending }) { $0.person }
            .including(PersonRow.all.order { $0.name }) { $0.mentor }
        let found = try await database.fetch(query)
        #expect(
            found.map { "\($0.0.name) \($0.1.map(\.title)) \($0.2.map(\.day)) \($0.3.map(\.name))" } == [
                #"Ada ["a1"] [] ["Ben", "Cid"]"#, #"Ben ["b1", "b2"] [2, 1] []"#, "Cid [] [] []",
            ])
        #expect(try await database.first(query)?.0.name == "Ada")

        let limit = try #require(PageLimit(parameter: "2"))
        let first = try await database.fetch(query.page(limit))
        #expect(first.rows.map { "\($0.0.name) \($0.1.count)" } == ["Ada 1", "Ben 2"])
        let second = try await database.fetch(query.page(limit, after: first.next))
        #expect(second.rows.map(\.0.name) == ["Cid"] && second.next == nil)
    }

    @Test func whatIsCountedIsWhatWouldBeFetched() async throws {
        let database = try await open()
        #expect(try await database.count(TaskRow.all) == 4)
        #expect(try await database.count(TaskRow.all.limit(3)) == 3)
        #expect(try await database.count(TaskRow.all.order { $0.title }.offset(1)) == 3)
        #expect(try await database.count(TaskRow.all.limit(0)) == 0)
        #expect(try await database.count(TaskRow.all.group { $0.owner }) == 3)
        #expect(try await database.count(TaskRow.all.locked()) == 4)
    }
}
