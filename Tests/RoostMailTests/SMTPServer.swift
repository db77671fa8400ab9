import NIOCore
import NIOPosix
import RoostTesting
import Synchronization

/// A mail server on a real socket that accepts every mail, except where it was told otherwise.
final class SMTPServer: Sendable {
    /// What the server does after a command.
    enum Reply: Sendable, ExpressibleByStringLiteral {
        case says(String)
        case saysAndCuts(String)
        case cuts
        case isSilent

        init(stringLiteral text: String) { self = .says(text) }
    }

    let port: Int
    private let channel: any Channel
    private let log: Log

    /// What the server has received.
    final class Log: Sendable {
        fileprivate struct State {
            var commands: [String] = []
            var messages: [String] = []
            var client: (any Channel)?
        }

        fileprivate let state = Mutex(State())
    }

    var commands: [String] { log.state.withLock { $0.commands } }
    var messages: [String] { log.state.withLock { $0.messages } }

    /// - Parameters:
    ///   - replies: The replies other than success, by the first word of the command. `GREETING`, `CONTENT` (the first line of a message) and
    ///     `END` (of a message) are such words too.
    ///   - offersTLS: Whether the server claims to know `STARTTLS`.
    static func start(replies: [String: Reply] = [:], offersTLS: Bool = false) async throws -> SMTPServer {
        let log = Log()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Conversation(log, replies, offersTLS: offersTLS))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return SMTPServer(channel: channel, port: channel.localAddress?.port ?? 0, log: log)
    }

    private init(channel: any Channel, port: Int, log: Log) {
        self.channel = channel
        self.port = port
        self.log = log
    }

    /// Waits until a command was received.
    func hasReceived(_ word: String) async throws {
        try await eventually("\(word) arrives") { commands.contains { $0.hasPrefix(word) } }
    }

    /// Says a line to the last client.
    func say(_ line: String) {
        log.state.withLock { $0.client }?.writeAndFlush(ByteBuffer(string: line + "\r\n"), promise: nil)
    }

    func stop() async throws { try await channel.close() }
}

private final class Conversation: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let log: SMTPServer.Log
    private let replies: [String: SMTPServer.Reply]
    private let offersTLS: Bool
    private var text = ""
    private var message: String?

    init(_ log: SMTPServer.Log, _ replies: [String: SMTPServer.Reply], offersTLS: Bool) {
        self.log = log
        self.replies = replies
        self.offersTLS = offersTLS
    }

    func channelActive(context: ChannelHandlerContext) {
        log.state.withLock { $0.client = context.channel }
        reply("GREETING", "220 test ESMTP", context)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        text += String(buffer: unwrapInboundIn(data))
        while let end = text.firstRange(of: "\r\n") {
            let line = String(text[..<end.lowerBound])
            text = String(text[end.upperBound...])
            take(line, context)
        }
    }

    private func take(_ line: String, _ context: ChannelHandlerContext) {
        guard var message else { return obey(line, context) }
        if message.isEmpty, replies["CONTENT"] != nil { return reply("CONTENT", "", context) }
        guard line == "." else {
            // RFC 5321 §4.5.2: a leading dot is doubled.
            message += (line.hasPrefix(".") ? String(line.dropFirst()) : line) + "\r\n"
            self.message = message
            return
        }
        log.state.withLock { state in
            state.messages.append(message)
            state.commands.append("END")
        }
        self.message = nil
        reply("END", "250 taken", context)
    }

    private func obey(_ line: String, _ context: ChannelHandlerContext) {
        log.state.withLock { $0.commands.append(line) }
        let word = line.prefix { $0 != " " }.uppercased()
        switch word {
        case "EHLO": reply(word, "250-test\r\n\(offersTLS ? "250-STARTTLS\r\n" : "")250 AUTH PLAIN", context)
        case "DATA":
            if replies[word] == nil { message = "" }
            reply(word, "354 go on", context)
        default: reply(word, "250 fine", context)
        }
    }

    private func reply(_ word: String, _ usual: String, _ context: ChannelHandlerContext) {
        switch replies[word] ?? .says(usual) {
        case .says(let text): say(text, context)
        case .saysAndCuts(let text):
            say(text, context)
            context.close(promise: nil)
        case .cuts: context.close(promise: nil)
        case .isSilent: break
        }
    }

    private func say(_ text: String, _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text + "\r\n")), promise: nil)
    }
}
