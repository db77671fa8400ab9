import Foundation
import Roost

/// A contract that uses every feature that a document has a word for.
@Contract("zoo", access: .signedIn)
protocol ZooAPI: Sendable {
    /// Admits an animal.
    ///
    /// It stays
    /// in quarantine first.
    ///
    /// Then it is shown.
    @Post("/animals", status: .created, access: .role("keeper"), location: "/animals/{id}", takesIdempotencyKey: true)
    func admit(_ animal: NewAnimal) async throws -> Animal

    @Get("/animals", access: .anyone)
    func animals(kind: Kind?, born since: Date, limit: PageLimit?, cursor: PageCursor?) async throws -> Page<Animal>

    @Get("/animals/search", access: .anyone)
    func search(names: [String], kinds: [Kind]?, weights: [Double]) async throws -> [Animal]

    @Get("/animals/{id}")
    func animal(id: UUID) async throws -> Animal

    @Patch("/animals/{id}", headers: ["reason": "X-Reason"])
    func change(id: UUID, reason: String?, hungry: Bool, _ weights: [String: Double]) async throws

    @Put("/animals/{id}/files/{name...}", bodyLimit: 10 << 20)
    func store(id: UUID, name: String, _ file: RawBody) async throws -> Int

    @Delete("/animals/{id}", access: .services)
    func release(id: UUID) async throws

    @Post("/feed", access: .anyone)
    func feed(_ meal: Meal) async throws -> String

    @Get("/family", access: .anyone)
    func family() async throws -> Family?

    /// What an animal is doing.
    @Live("/animals/{id}/live")
    func watch(id: UUID) async throws -> MessageStream<Animal>

    @Live("/talk")
    func talk(_ words: MessageStream<Meal>) async throws -> MessageStream<Animal>

    @Post("/weights", access: .anyone)
    func weigh(_ weights: MessageStream<Meal>) async throws -> Int
}

/// An animal that lives here.
@Schema
struct Animal: Equatable {
    var id: UUID
    /// What it is called.
    var name: String
    var kind: Kind
    var born: Date
    var keeper: Keeper?
}

@Schema
enum Kind: String, Sendable {
    /// Walks.
    case land
    case water
}

@Schema
struct Keeper: Equatable {
    @Check(.format(.email)) var email: String
    @Check(.format(.uri)) var homepage: String?
}

@Schema
struct NewAnimal: Equatable {
    @Check(.length(1...40)) var name: String
    @Check(.length(3...3)) var currency: String
    @Check(.length(60...)) var story: String
    @Check(.range(5...9)) var legs: Int
    @Check(.range(0.5...2.5)) var weight: Double
    @Check(.range(-9 ... -3)) var temperature: Int
    @Check(.count(2...4)) var friends: [Keeper]
    @Check(.count(1...)) var tags: [String: UInt8]
    @Check(.format(.token)) var chip: String
    var price: Decimal
    var kind: Kind?
    var isTame = true
}

/// What an animal is given.
@Schema
indirect enum Meal: Equatable {
    case twice(Meal)
    case hay(kilograms: Double)
    case nothing
}

/// A family, which holds families.
@Schema
struct Family: Equatable {
    var head: Animal
    var children: [Family] = []
    var byName: [String: Family] = [:]
}

/// An animal was admitted.
@Schema
struct AnimalAdmitted: Event {
    static let topic = "zoo.admitted"
    var animal: Animal
    var key: String { animal.id.text }
}

/// An animal is hungry.
@Schema
struct AnimalHungry: Event {
    static let topic = "zoo.hungry", version = 2
    static let earlier: [EarlierVersion<Self>] = [EarlierVersion(1, AnimalHungryV1.self) { AnimalHungry(id: $0.id, meals: [$0.meal]) }]
    var id: UUID
    var meals: [Meal]
    var key: String { id.text }
}

/// An animal was hungry for one meal.
@Schema
struct AnimalHungryV1 {
    var id: UUID
    var meal: Meal
}
