import NIOCore
import NIOHTTP2

extension NIOHTTP2Handler {
    /// A frame handler for a server that puts up with as much as its limits say.
    static func server(_ limits: HTTPLimits, for callers: Callers, watchedBy watch: any NIOHTTP2FrameDelegate) -> NIOHTTP2Handler {
        var connection = callers == .services ? ConnectionConfiguration.shared : .bounded
        connection.initialSettings = [
            HTTP2Setting(parameter: .maxConcurrentStreams, value: limits.streams),
            HTTP2Setting(parameter: .initialWindowSize, value: ReceiveWindow.stream),
            // More than the head may have, so that a request that is a little too large is answered 431 and spares its neighbours.
            HTTP2Setting(parameter: .maxHeaderListSize, value: 2 * limits.headSize),
        ]
        return NIOHTTP2Handler(
            mode: .server, frameDelegate: watch, connectionConfiguration: connection,
            streamConfiguration: callers == .services ? .shared : .bounded)
    }

    static func client(watchedBy watch: any NIOHTTP2FrameDelegate) -> NIOHTTP2Handler {
        var connection = ConnectionConfiguration.shared
        connection.initialSettings = [
            HTTP2Setting(parameter: .enablePush, value: 0),
            HTTP2Setting(parameter: .initialWindowSize, value: ReceiveWindow.stream),
            HTTP2Setting(parameter: .maxHeaderListSize, value: 64 << 10),
        ]
        return NIOHTTP2Handler(mode: .client, frameDelegate: watch, connectionConfiguration: connection, streamConfiguration: .shared)
    }
}

extension NIOHTTP2Handler.ConnectionConfiguration {
    /// Against floods of frames that cost their sender nothing (CVE-2019-9512, -9515, -9518; CVE-2024-27316). Honest clients ping as well, to
    /// measure their way; grpc-go's, under load, stays far below this.
    fileprivate static var bounded: Self {
        var configuration = Self()
        // Fields are checked where they are taken (`FieldRules`), and written as they should be.
        configuration.headerBlockValidation = .disabled
        configuration.maximumSequentialEmptyDataFrames = 10
        configuration.maximumSequentialContinuationFrames = 5
        configuration.maximumBufferedControlFrames = 1000
        configuration.maximumRecentlyResetStreams = 200
        configuration.controlFrameRateLimit.maximumCount = 1000
        configuration.controlFrameRateLimit.windowLength = .seconds(5)
        return configuration
    }
}

extension NIOHTTP2Handler.ConnectionConfiguration {
    /// For a connection that carries the calls of many between two that trust each other: what some of the callers give up must not end
    /// the calls of the others. A server may ping as often as it answers, as grpc-go does: that is bounded by what is asked of it, and
    /// what it is answered by `maximumBufferedControlFrames`. So it is not counted.
    fileprivate static var shared: Self {
        var configuration = Self.bounded
        configuration.controlFrameRateLimit.windowLength = .zero
        // What is still on its way for a stream that was given up is let pass only for as long as the stream is remembered.
        configuration.maximumRecentlyResetStreams = 4096
        return configuration
    }
}

extension NIOHTTP2Handler.StreamConfiguration {
    /// Streams are reset as often as callers give up, and by a server that has answered before it saw the request's end (RFC 9113 §8.1).
    fileprivate static var shared: Self {
        var configuration = Self()
        configuration.streamResetFrameRateLimit.windowLength = .zero
        return configuration
    }

    /// Against streams that are opened and reset at once (CVE-2023-44487): as many as nghttp2 allows.
    fileprivate static var bounded: Self {
        var configuration = Self()
        configuration.streamResetFrameRateLimit.maximumCount = 1000
        configuration.streamResetFrameRateLimit.windowLength = .seconds(30)
        return configuration
    }
}
