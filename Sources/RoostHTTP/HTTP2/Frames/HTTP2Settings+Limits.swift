import NIOCore
import NIOHTTP2

extension NIOHTTP2Handler {
    /// A frame handler for a server that puts up with as much as its limits say.
    static func server(_ limits: HTTPLimits, watchedBy watch: any NIOHTTP2FrameDelegate) -> NIOHTTP2Handler {
        var connection = ConnectionConfiguration.bounded
        connection.initialSettings = [
            HTTP2Setting(parameter: .maxConcurrentStreams, value: limits.streams),
            HTTP2Setting(parameter: .initialWindowSize, value: ReceiveWindow.stream),
            // More than the head may have, so that a request that is a little too large is answered 431 and spares its neighbours.
            HTTP2Setting(parameter: .maxHeaderListSize, value: 2 * limits.headSize),
        ]
        return NIOHTTP2Handler(
            mode: .server, frameDelegate: watch, connectionConfiguration: connection, streamConfiguration: .bounded)
    }

    static func client(watchedBy watch: any NIOHTTP2FrameDelegate) -> NIOHTTP2Handler {
        var connection = ConnectionConfiguration.bounded
        connection.initialSettings = [
            HTTP2Setting(parameter: .enablePush, value: 0),
            HTTP2Setting(parameter: .initialWindowSize, value: ReceiveWindow.stream),
            HTTP2Setting(parameter: .maxHeaderListSize, value: 64 << 10),
        ]
        // A server may reset a stream that it has answered before it saw the request's end (RFC 9113 §8.1), and may ping as often as it
        // answers, as grpc-go does: that is bounded by what is asked of it, and what it is answered by `maximumBufferedControlFrames`. So neither is counted.
        connection.controlFrameRateLimit.windowLength = .zero
        var streams = StreamConfiguration()
        streams.streamResetFrameRateLimit.windowLength = .zero
        return NIOHTTP2Handler(mode: .client, frameDelegate: watch, connectionConfiguration: connection, streamConfiguration: streams)
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

extension NIOHTTP2Handler.StreamConfiguration {
    /// Against streams that are opened and reset at once (CVE-2023-44487): as many as nghttp2 allows.
    fileprivate static var bounded: Self {
        var configuration = Self()
        configuration.streamResetFrameRateLimit.maximumCount = 1000
        configuration.streamResetFrameRateLimit.windowLength = .seconds(30)
        return configuration
    }
}
