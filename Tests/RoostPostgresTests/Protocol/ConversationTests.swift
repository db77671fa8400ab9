import Roost
import RoostData
import Testing

@testable import RoostPostgres

/// A flight that records what it takes.
final class RecordingFlight: StatementFlight {
    private(set) var rows: [[SQLData]] = []
    private(set) var ending: (any Error)??

    init(_ columns: [(String, OID)], isDescribed: Bool = false) {
        super.init(Statement("SELECT"), id: 1, onlyReads: true, deadline: nil, start: .now)
        let list = columns.map { Columns.Column(name: $0.0, type: $0.1, isBinary: $0.1.isReadAsBinary) }
        let shape = StatementShape(text: "SELECT", parameters: [], columns: Columns(list))
        sent = SentStatement(PreparedStatement(shape, name: "r1"), isNew: isDescribed)
    }

    override func read(_ row: PostgresRow) throws {
        var values: [SQLData] = []
        for _ in row.names { values.append(SQLData(try row.next())) }
        rows.append(values)
    }

    override func resume(with error: (any Error)?) { ending = .some(error ?? fault) }
}

@Suite struct ConversationTests {
    private func started(_ flights: [Flight]) -> Conversation {
        var conversation = Conversation()
        for flight in flights { conversation.add(flight) }
        return conversation
    }

    @Test func anAnswerBelongsToTheOldestFlight() throws {
        let first = RecordingFlight([("id", .int4)]), second = RecordingFlight([("name", .text)])
        var conversation = started([first, second]), server = ServerBytes()
        server.message("2")
        server.row([[0, 0, 0, 7]])
        server.complete("SELECT 1")
        server.ready()
        server.message("2")
        server.row([Array("seven".utf8)])
        server.row([nil])
        server.complete("SELECT 2")
        server.ready()
        #expect(try conversation.receive(server.bytes).count == 2)
        #expect(first.rows == [[.integer(7)]])
        #expect(second.rows == [[.text("seven")], [.null]])
    }

    @Test func anErrorEndsOnlyItsOwnFlight() throws {
        let first = RecordingFlight([("id", .int4)]), second = RecordingFlight([("id", .int4)])
        var conversation = started([first, second]), server = ServerBytes()
        server.message("2")
        server.error("22012", "division by zero")
        server.ready()
        server.message("2")
        server.row([[0, 0, 0, 8]])
        server.complete("SELECT 1")
        server.ready()
        _ = try conversation.receive(server.bytes)
        #expect(first.refusal?.code == "22012")
        #expect(second.refusal == nil)
        #expect(second.rows == [[.integer(8)]])
    }

    /// Each of these closes the connection.
    @Test(arguments: Violation.allCases)
    func aViolationIsAnError(_ violation: Violation) throws {
        var conversation = started(violation.hasFlight ? [RecordingFlight([("id", .int4)])] : [])
        #expect(throws: ProtocolViolation.self) { try conversation.receive(violation.bytes) }
    }

    enum Violation: CaseIterable {
        case rowWithoutBind, rowWithTooManyValues, rowWithWrongLength, rowWithNegativeLength, rowThatIsTooLong, answerToNothing
        case readyTooEarly, unknownStatus, unknownMessage, negativeMessage, hugeMessage, secondCompletion, copyThatNobodyAskedFor
        case messageAfterError, errorWithoutEnd, textWithoutEnd, descriptionThatNobodyAskedFor, completionOfNothing, pause, emptyRow

        var hasFlight: Bool { self != .answerToNothing && self != .completionOfNothing }

        var bytes: [UInt8] {
            var server = ServerBytes()
            switch self {
            case .rowWithoutBind: server.row([[0, 0, 0, 1]])
            case .rowWithTooManyValues: bound(&server) { $0.row([[0, 0, 0, 1], [1]]) }
            case .rowWithWrongLength: bound(&server) { $0.message("D", [0, 1, 0, 0, 0, 9, 1]) }
            case .rowWithNegativeLength: bound(&server) { $0.message("D", [0, 1, 0xFF, 0xFF, 0xFF, 0xFE]) }
            case .rowThatIsTooLong: bound(&server) { $0.message("D", [0, 1, 0, 0, 0, 1, 1, 1]) }
            case .emptyRow: bound(&server) { $0.message("D") }
            case .answerToNothing: server.ready()
            case .completionOfNothing: server.complete("SELECT 1")
            case .readyTooEarly: server.ready()
            case .unknownStatus: bound(&server) { $0.ready("X") }
            case .unknownMessage: server.message("y")
            case .negativeMessage: return [0x44, 0xFF, 0xFF, 0xFF, 0xFF]
            case .hugeMessage: return [0x44, 0x7F, 0xFF, 0xFF, 0xFF]
            case .secondCompletion:
                server.complete("SELECT 1")
                server.complete("SELECT 1")
            case .copyThatNobodyAskedFor: server.message("G", [0, 0, 0])
            case .messageAfterError:
                server.error("22012")
                server.complete("SELECT 1")
            case .errorWithoutEnd: server.message("E", [0x43, 0x31])
            case .textWithoutEnd: server.message("C", Array("SELECT 1".utf8))
            case .descriptionThatNobodyAskedFor: server.columns([("id", .int4)])
            case .pause: bound(&server) { $0.message("s") }
            }
            return server.bytes
        }

        private func bound(_ server: inout ServerBytes, _ then: (inout ServerBytes) -> Void) {
            server.message("2")
            then(&server)
        }
    }

    @Test func aMalformedValueFailsItsStatementOnly() throws {
        let flight = RecordingFlight([("id", .int4)])
        var conversation = started([flight]), server = ServerBytes()
        server.message("2")
        server.row([[1, 2]])
        server.complete("SELECT 1")
        server.ready()
        guard case .finished(let finished, _)? = try conversation.receive(server.bytes).first else {
            Issue.record("the flight is not finished")
            return
        }
        finished.end(with: nil)
        let error = try #require(flight.ending ?? nil)
        #expect((error as? DatabaseError)?.code == .column)
    }

    @Test func columnsOfANewSchemaAreTaken() throws {
        let flight = RecordingFlight([("id", .int4)], isDescribed: true)
        var conversation = started([flight]), server = ServerBytes()
        server.message("1")
        server.parameters([])
        server.columns([("id", .int8), ("name", .text)])
        server.message("2")
        server.row([[0, 0, 0, 0, 0, 0, 0, 9], Array("nine".utf8)])
        server.complete("SELECT 1")
        server.ready()
        _ = try conversation.receive(server.bytes)
        #expect(flight.rows == [[.integer(9), .text("nine")]])
    }

    @Test(arguments: [
        ("INSERT 0 5", 5), ("UPDATE 0", 0), ("DELETE 12", 12), ("SELECT 7", 0), ("COPY 1000000", 1_000_000), ("MERGE 3", 3),
        ("CREATE TABLE", 0),
        ("DROP TABLE", 0), ("", 0), ("INSERT 0 99999999999999999999999999", 999_999_999_999_999_999), ("FETCH 3", 0), ("I", 0),
    ])
    func aTagTellsTheNumberOfChangedRows(_ tag: String, _ changes: Int) throws {
        let found = try ServerBytes.text(tag).withUnsafeBytes { try CommandTag($0).changes }
        #expect(found == changes)
    }
}
