import Foundation
import Roost
import RoostData
import RoostSQLite
import Synchronization
import Testing

@testable import RoostMail

@Suite(.timeLimit(.minutes(5))) struct MailQueueTests {
    let quick = MailPolicy(workers: 2, retry: RetryPolicy(attempts: 3, backoff: Backoff(first: .milliseconds(1))))

    @Test func aMailLeavesAfterItsChangeAndOnce() async throws {
        try await withDatabase { database in
            let transport = ScriptedTransport(), queue = MailQueue(database: database, transport: transport, policy: quick)
            let mail = try sample()
            for _ in 0..<2 { try await database.transaction { try await queue.enqueue(mail, in: $0) } }
            try await running(queue) { try await settled(database) }
            #expect(transport.delivered == [mail])
            #expect(try await states(database) == ["done"])
        }
    }

    @Test func aChangeThatIsUndoneSendsNothing() async throws {
        try await withDatabase { database in
            let queue = MailQueue(database: database, transport: ScriptedTransport(), policy: quick)
            await #expect(throws: Problem.self) {
                try await database.transaction {
                    try await queue.enqueue(sample(), in: $0)
                    throw Problem(.conflict)
                }
            }
            let left = try await states(database)
            #expect(left == [])
        }
    }

    @Test func aMailThatComesWhileTheWorkerWaitsIsSent() async throws {
        try await withDatabase { database in
            let transport = ScriptedTransport(), queue = MailQueue(database: database, transport: transport, policy: quick)
            try await running(queue) {
                for number in 1...3 {
                    try await database.transaction { try await queue.enqueue(sample(), in: $0) }
                    try await settled(database)
                    #expect(transport.delivered.count == number)
                }
            }
        }
    }

    @Test func whatFailsIsTriedAgainUntilItsBound() async throws {
        try await withDatabase { database in
            for (errors, state, attempts) in [
                ([TransportError.mailDeferred("busy"), TransportError.mailDeferred("busy")], "done", 3),
                (Array(repeating: TransportError.mailDeferred("busy"), count: 9), "dead", 3),
                ([TransportError.mailRefused("nobody")], "dead", 1),
            ] {
                let transport = ScriptedTransport(errors), queue = MailQueue(database: database, transport: transport, policy: quick)
                let mail = try sample()
                try await database.transaction { try await queue.enqueue(mail, in: $0) }
                try await running(queue) { try await settled(database) }
                let row = try #require(try await database.first("SELECT * FROM roost_work WHERE id = \(mail.id)"))
                #expect(try row.get("state") == state)
                #expect(try row.get("attempts") == attempts)
                #expect(try row.get("reason", as: String?.self) == (state == "done" ? nil : "\(errors[0])"))
                #expect(transport.attempts == attempts)
            }
        }
    }

    @Test func anErrorOfAnotherKindLosesNoMail() async throws {
        try await withDatabase { database in
            let transport = ScriptedTransport([Problem.unavailable("full"), CancellationError()])
            let queue = MailQueue(database: database, transport: transport, policy: quick)
            try await database.transaction { try await queue.enqueue(sample(), in: $0) }
            try await running(queue) { try await settled(database) }
            #expect(transport.delivered.count == 1)
        }
    }

    @Test(arguments: [Problem(.unprocessable), DatabaseError(.column, "no"), TransportError.mailRefused("no")] as [any Error])
    func whatIsPermanentEndsTheMailWithItsReason(error: any Error) async throws {
        try await withDatabase { database in
            let transport = ScriptedTransport([error]), queue = MailQueue(database: database, transport: transport, policy: quick)
            try await database.transaction { try await queue.enqueue(sample(), in: $0) }
            try await running(queue) { try await settled(database) }
            let failed = try await queue.failed(limit: 10)
            #expect(failed.map(\.reason) == ["\(error)"] && failed[0].attempts == 1 && transport.attempts == 1)
            #expect(try failed[0].mail.get().to.address == "ada@example.com")
            // Somebody has looked after it.
            #expect(try await queue.retry(failed[0].id))
            try await running(queue) { try await settled(database) }
            #expect(transport.delivered.map(\.id) == [failed[0].id])
        }
    }

    @Test func aMailThatFailedForGoodCanBeDeleted() async throws {
        try await withDatabase { database in
            let transport = ScriptedTransport([TransportError.mailRefused("nobody")])
            let queue = MailQueue(database: database, transport: transport, policy: quick), mail = try sample()
            try await database.transaction { try await queue.enqueue(mail, in: $0) }
            #expect(try await !queue.discard(mail.id), "it has not failed")
            try await running(queue) { try await settled(database) }
            #expect(try await queue.discard(mail.id))
            #expect(try await queue.failed(limit: 10).isEmpty)
            #expect(try await !queue.retry(mail.id))
        }
    }

    @Test func filesTravelThroughTheDatabase() async throws {
        try await withDatabase { database in
            let transport = ScriptedTransport(), queue = MailQueue(database: database, transport: transport, policy: quick)
            let content = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            let plain = try sample()
            let mail = try Mail(
                from: plain.from, to: plain.to, subject: "Files", text: "Hi", html: #"<img src="cid:logo@shop.example">"#,
                attachments: [
                    Mail.Attachment(name: "Größe.bin", type: "a/b", content: content),
                    .inline("logo@shop.example", name: "logo.png", type: "image/png", content: [0, 255]),
                ], date: plain.date)
            try await database.transaction { try await queue.enqueue(mail, in: $0) }
            try await running(queue) { try await settled(database) }
            #expect(transport.delivered == [mail])
            let captured = try MailQueue(database: database, smtpURL: nil)
            try await database.transaction { try await captured.enqueue(mail, in: $0) }
            #expect(try await captured.captured() == [mail])
        }
    }

    /// A worker that stops gives back what it could not deliver, and it counts as not tried.
    @Test func aDeliveryThatIsInterruptedIsMadeByTheNextWorker() async throws {
        try await withDatabase { database in
            let silent = try await SMTPServer.start(replies: ["RCPT": .isSilent]), server = try await SMTPServer.start()
            let mail = try sample()
            let first = try MailQueue(database: database, smtpURL: "smtp://127.0.0.1:\(silent.port)")
            try await database.transaction { try await first.enqueue(mail, in: $0) }
            try await running(first) { try await silent.hasReceived("RCPT") }
            let row = try #require(try await database.first("SELECT * FROM roost_work WHERE id = \(mail.id)"))
            #expect(try row.get("state") == "waiting" && row.get("attempts") == 0)
            let second = try MailQueue(database: database, smtpURL: "smtp://127.0.0.1:\(server.port)")
            try await running(second) { try await settled(database) }
            #expect(server.messages == [String(decoding: mail.message, as: UTF8.self)])
            try await silent.stop()
            try await server.stop()
        }
    }

    /// The one way to a duplicate: the server has the mail, and the process dies before it has recorded that. Both have one Message-ID.
    @Test func aMailWhoseSuccessWasNotRecordedIsTheSameMailAgain() async throws {
        try await withDatabase { database in
            let server = try await SMTPServer.start()
            let queue = try MailQueue(database: database, smtpURL: "smtp://127.0.0.1:\(server.port)"), mail = try sample()
            try await database.transaction { try await queue.enqueue(mail, in: $0) }
            let job = try #require(try await database.first("SELECT job FROM roost_work")).get("job", as: String.self)
            try await running(queue) { try await settled(database) }
            try await database.execute("UPDATE roost_work SET state = 'waiting', job = \(job), ended_at = NULL")
            try await running(queue) { try await settled(database) }
            #expect(server.messages == Array(repeating: String(decoding: mail.message, as: UTF8.self), count: 2))
            try await server.stop()
        }
    }

    @Test func mailsThatWaitHoldUpNobodyHoweverManyTheyAre() async throws {
        try await withDatabase { database in
            let transport = ScriptedTransport(Array(repeating: TransportError.mailDeferred("busy"), count: 100))
            let policy = MailPolicy(retry: RetryPolicy(backoff: Backoff(first: .seconds(3600), longest: .seconds(3600))))
            let queue = MailQueue(database: database, transport: transport, policy: policy)
            try await database.transaction { for _ in 0..<100 { try await queue.enqueue(sample(), in: $0) } }
            try await running(queue) {
                try await wait(on: database) { transport.attempts == 100 }
                let mail = try sample()
                try await database.transaction { try await queue.enqueue(mail, in: $0) }
                try await wait(on: database) { transport.delivered == [mail] }
            }
        }
    }

    @Test func whatIsNoMailFailsAndHoldsUpNobody() async throws {
        try await withDatabase { database in
            let transport = ScriptedTransport(), queue = MailQueue(database: database, transport: transport, policy: quick)
            let spoiled = try sample(date: Date() - 60), mail = try sample()
            try await database.transaction { for mail in [spoiled, mail] { try await queue.enqueue(mail, in: $0) } }
            // As an earlier version may have let it in.
            try await database.execute(
                "UPDATE roost_work SET job = json_set(job, '$.subject', \("a\r\nBcc: b@example.com")) WHERE id = \(spoiled.id)")
            try await running(queue) { try await settled(database) }
            #expect(transport.delivered == [mail])
            let row = try await database.first("SELECT reason FROM roost_work WHERE id = \(spoiled.id) AND state = 'dead'")
            #expect(try row?.get("reason", as: String.self).contains("control characters") == true)
        }
    }

    @Test func aMailThatEndsItsProcessEachTimeIsNotTriedForEver() async throws {
        try await withDatabase { database in
            let transport = ScriptedTransport(), queue = MailQueue(database: database, transport: transport, policy: quick)
            try await database.transaction { try await queue.enqueue(sample(), in: $0) }
            // As many workers took it and died.
            try await database.execute("UPDATE roost_work SET attempts = \(quick.retry.attempts)")
            try await running(queue) { try await settled(database) }
            #expect(transport.attempts == 0)
            #expect(try await states(database) == ["dead"])
        }
    }

    @Test func twoWorkersShareAndDoNotRepeat() async throws {
        try await withDatabase { database in
            let transport = ScriptedTransport(), queue = MailQueue(database: database, transport: transport, policy: quick)
            let mails = try (0..<30).map { _ in try sample() }
            try await database.transaction { for mail in mails { try await queue.enqueue(mail, in: $0) } }
            try await running(queue) { try await running(queue) { try await settled(database) } }
            #expect(transport.attempts == 30)
            #expect(Set(transport.delivered) == Set(mails))
        }
    }

    @Test func withoutATransportMailsAreCaptured() async throws {
        try await withDatabase { database in
            let queue = try MailQueue(database: database, smtpURL: Settings([:])[.smtpURL])
            let now = Date(timeIntervalSince1970: 1_800_000_000)
            let mails = try (0..<3).map { try sample(subject: "\($0)", date: now + Double($0)) }
            let other = try sample(to: "bob@example.com", date: now)
            try await database.transaction { for mail in mails + [other] { try await queue.enqueue(mail, in: $0) } }
            #expect(try await queue.captured(to: "ada@example.com") == mails.reversed())
            #expect(try await queue.captured(to: "ada@example.com", limit: 1).map(\.subject) == ["2"])
            #expect(try await queue.captured(to: "nobody@example.com") == [])
        }
    }

    @Test func aWrongURLStopsTheStart() async throws {
        try await withDatabase { database in
            #expect(throws: ConfigurationError.self) {
                try MailQueue(database: database, smtpURL: "nonsense")
            }
        }
    }

    @Test func oldMailsGoAndWaitingOnesStay() async throws {
        try await withDatabase { database in
            let policy = MailPolicy(retention: .seconds(60)), old = Date() - 61
            let capturing = MailQueue(database: database, transport: nil, policy: policy)
            try await database.transaction {
                try await capturing.enqueue(sample(date: old), in: $0)
                try await capturing.enqueue(sample(), in: $0)
                try await MailQueue(database: database, transport: ScriptedTransport()).enqueue(sample(date: old), in: $0)
            }
            try await capturing.prune()
            #expect(try await capturing.captured().count == 1)
            #expect(try await states(database) == ["waiting"])
        }
    }

    /// What an earlier version has written is what this one goes on with.
    @Test func nothingIsLostWhenTheTablesChange() async throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("roost-mail-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: directory) }
        let url = "sqlite:\(directory.path)/mail.db"
        let mails = try ["waiting", "tried", "sent", "failed", "captured"].map { try sample(subject: $0) }
        let earlier = try await Database.open(url, migrations: Array(MailQueue.migrations.prefix(1)))
        for mail in mails {
            let state = mail.subject == "tried" ? "waiting" : mail.subject
            try await earlier.execute(
                """
                INSERT INTO roost_mail VALUES (\(mail.id), \(mail.from.address), \(mail.from.name), \(mail.to.address), \(mail.to.name),
                \(mail.subject), \(mail.text), \(mail.html), \(mail.date), \(state), \(mail.subject == "tried" ? 2 : 0), \(Date()),
                \(state == "failed" ? "nobody" : nil))
                """)
        }
        await earlier.close()
        let database = try await Database.open(url, migrations: MailQueue.migrations)
        let transport = ScriptedTransport(), queue = MailQueue(database: database, transport: transport, policy: quick)
        // One that was sent is not sent again.
        try await database.transaction { try await queue.enqueue(mails[2], in: $0) }
        try await running(queue) { try await settled(database) }
        #expect(Set(transport.delivered) == Set(mails.prefix(2)))
        #expect(try await queue.captured() == [mails[4]])
        #expect(try await queue.failed(limit: 10).map(\.reason) == ["nobody"])
        #expect(try await queue.failed(limit: 10).map(\.id) == [mails[3].id])
        await database.close()
    }
}

/// Records what it delivers, after it has failed with each of its errors.
final class ScriptedTransport: MailTransport {
    private let state: Mutex<(errors: [any Error], attempts: Int, delivered: [Mail])>

    init(_ errors: [any Error] = []) { state = Mutex((errors, 0, [])) }

    var attempts: Int { state.withLock { $0.attempts } }
    var delivered: [Mail] { state.withLock { $0.delivered } }

    func deliver(_ mail: Mail) async throws {
        try state.withLock { state in
            state.attempts += 1
            guard state.errors.isEmpty else { throw state.errors.removeFirst() }
            state.delivered.append(mail)
        }
    }
}

private func sample(subject: String = "Hello", to: String = "ada@example.com", date: Date = Date()) throws -> Mail {
    // The database keeps milliseconds.
    let date = Date(timeIntervalSince1970: (date.timeIntervalSince1970 * 1000).rounded() / 1000)
    return try Mail(
        from: MailAddress("shop@shop.example", name: "Shop"), to: MailAddress(to), subject: subject, text: "Hi", html: "<p>Hi", date: date)
}

/// Runs `body` on a database of its own, in a file.
private func withDatabase(_ body: (Database) async throws -> Void) async throws {
    let directory = FileManager.default.temporaryDirectory.appendingPathComponent("roost-mail-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: directory) }
    let database = try await Database.open("sqlite:\(directory.path)/mail.db", migrations: MailQueue.migrations)
    try await body(database)
    await database.close()
}

/// Runs `body` while the queue's worker runs.
private func running(_ queue: MailQueue, _ body: () async throws -> Void) async throws {
    let worker = Task { await queue.run() }
    try await body()
    worker.cancel()
    await worker.value
}

/// Waits until no mail waits any more.
private func settled(_ database: Database) async throws {
    try await wait(on: database) { try await !states(database).contains("waiting") }
}

/// Waits until something holds, looking after each commit.
private func wait(on database: Database, until isDone: () async throws -> Bool) async throws {
    let commits = database.commits()
    var iterator = commits.makeAsyncIterator()
    while try await !isDone() { await iterator.next() }
}

private func states(_ database: Database) async throws -> [String] {
    try await database.query("SELECT state FROM roost_work").map { try $0.get("state") }
}
