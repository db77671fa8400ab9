import NIOCore
import NIOPosix
import Synchronization

/// A mail server on a real socket that accepts every mail, except for the commands that it was told to refuse.
final class SMTPServer: Sendable {
    let port: Int
    private let channel: any Channel
    private let log: Log

    /// The commands that the server has received.
    final class Log: Sendable {
        fileprivate let state = Mutex<(commands: [String], messages: [String])>(([], []))
        var commands: [String] { state.withLock { $0.commands } }
        var messages: [String] { state.withLock { $0.messages } }
    }

    var commands: [String] { log.commands }
    var messages: [String] { log.messages }

    /// - Parameter replies: The replies other than success, by the first word of the command; `GREETING` and `END`, the end of the message,
    ///   are such words too. An empty reply closes the connection.
    static func start(replies: [String: String] = [:]) async throws -> SMTPServer {
        let log = Log()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Conversation(log: log, replies: replies))
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

    func stop() async throws { try await channel.close() }
}

private final class Conversation: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let log: SMTPServer.Log
    private let replies: [String: String]
    private var text = ""
    private var message: String?

    init(log: SMTPServer.Log, replies: [String: String]) {
        self.log = log
        self.replies = replies
    }

    func channelActive(context: ChannelHandlerContext) { reply("GREETING", "220 test ESMTP", context) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        text += String(buffer: unwrapInboundIn(data))
        while let end = text.range(of: "\r\n") {
            let line = String(text[..<end.lowerBound])
            text = String(text[end.upperBound...])
            take(line, context)
        }
    }

    private func take(_ line: String, _ context: ChannelHandlerContext) {
        if let message {
            guard line == "." else {
                // RFC 5321 §4.5.2: a leading dot is doubled.
                self.message = message + (line.hasPrefix(".") ? String(line.dropFirst()) : line) + "\r\n"
                return
            }
            log.state.withLock { $0.messages.append(message) }
            self.message = nil
            return reply("END", "250 taken", context)
        }
        log.state.withLock { $0.commands.append(line) }
        let word = line.prefix { $0 != " " }.uppercased()
        switch word {
        case "EHLO": reply(word, "250-test\r\n250 AUTH PLAIN", context)
        case "DATA":
            if replies[word] == nil { message = "" }
            reply(word, "354 go on", context)
        default: reply(word, "250 fine", context)
        }
    }

    private func reply(_ word: String, _ usual: String, _ context: ChannelHandlerContext) {
        let text = replies[word] ?? usual
        if text.isEmpty { return context.close(promise: nil) }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text + "\r\n")), promise: nil)
    }
}

extension String {
    fileprivate func range(of separator: String) -> Range<String.Index>? { firstRange(of: separator) }
}
