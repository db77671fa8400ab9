import NIOCore
import NIOHTTP2
import Roost

extension HTTP2ServerConnection {
    func checkTimeouts(_ now: NIODeadline) {
        guard let channel = writer.context?.channel else { return }
        let limits = home.limits
        let pending = channel.unsentBytes
        let edge = writer.edge
        let writing = timeouts.observeWriting(isPending: pending > 0, taken: edge.sent - pending, now: now, limits: limits)
        let reading = timeouts.observe(wait(for: pending), generation: lastStream, received: edge.received, now: now, limits: limits)
        if writing == .close { return close() }
        if reading == .close { return phase == .closing ? close() : drain() }
        checkStreams(now)
        guard !streams.isEmpty else { return }
        let interval = TimeAmount(limits.idleTimeout / 2)
        switch keepalive.observe(received: edge.received, now: now, interval: interval, timeout: interval) {
        case .proceed: break
        case .ping: writer.write(.ping(HTTP2PingData(withInteger: 0), ack: false), on: 0)
        case .close: close()
        }
    }

    /// Returns what the connection waits for. A client that is slow to receive is neither idle nor gone.
    private func wait(for pending: Int) -> ConnectionTimeouts.Wait {
        guard pending == 0 else { return .nothing }
        return switch phase {
        case .closing: .goodbye
        case .open, .noticing, .draining, .closed: streams.isEmpty ? .request : .nothing
        }
    }

    private func checkStreams(_ now: NIODeadline) {
        for (number, stream) in streams {
            let (reading, writing) = stream.checkTimeouts(now, home.limits)
            if writing == .close {
                reset(number, .cancel)
            } else if case .timedOut(let detail) = reading {
                timeOut(stream, detail)
            } else if reading == .overdue {
                end(overdue: stream.exchange)
            }
        }
    }

    private func timeOut(_ stream: ServerStream, _ detail: String) {
        let problem = Problem(.requestTimeout, detail)
        if stream.request.take() != nil {
            send(stream.exchange.response(to: problem), on: stream)
        } else {
            stream.input.pipe?.finish(.failure(problem))
        }
    }

    /// Asks the client to send new requests elsewhere, and closes the connection after those in progress (RFC 9113 §6.8). A first GOAWAY
    /// announces this. A second one, sent when the client has acknowledged the first, names the last request that is processed.
    func drain() {
        guard phase == .open else { return }
        guard !streams.isEmpty else { return finishNotice() }
        phase = .noticing
        writer.edge.writeGoAwayNotice()
        writer.write(.ping(Self.notice, ack: false), on: 0)
        for stream in streams.values where stream.exchange.isLive {
            stream.exchange.task?.cancel()
            _ = answer(.end(trailers: [:]), to: stream.exchange.number)
        }
    }

    func finishNotice() {
        phase = .draining
        writer.write(.goAway(lastStreamID: HTTP2StreamID(lastStream), errorCode: .noError, opaqueData: nil), on: 0)
        endIfDrained()
    }

    func endIfDrained() {
        guard streams.isEmpty else { return }
        if phase == .noticing { finishNotice() }
        if phase == .draining { closeOutput() }
    }

    func closeOutput() {
        guard phase != .closing, phase != .closed else { return }
        phase = .closing
        writer.closeOutput()
    }

    func close() { writer.context?.close(promise: nil) }
}
