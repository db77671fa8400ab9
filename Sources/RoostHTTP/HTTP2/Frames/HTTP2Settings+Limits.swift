import NIOCore
import NIOHTTP2

extension NIOHTTP2Handler {
    /// Returns the frame handler of a server with these limits.
    static func server(_ limits: HTTPLimits, for callers: Callers, watchedBy watch: any NIOHTTP2FrameDelegate) -> NIOHTTP2Handler {
        var connection = callers == .services ? ConnectionConfiguration.shared : .bounded
        connection.initialSettings = [
            HTTP2Setting(parameter: .maxConcurrentStreams, value: limits.streams),
            HTTP2Setting(parameter: .initialWindowSize, value: ReceiveWindow.stream),
            // Larger than the limit for heads, so that a head that is slightly too large gets a 431 and does not end the connection.
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
    /// Limits floods of frames that cost their sender nothing (CVE-2019-9512, -9515, -9518; CVE-2024-27316). Well-behaved clients also
    /// ping, to measure the round trip; grpc-go stays far below this limit under load.
    fileprivate static var bounded: Self {
        var configuration = Self()
        // Received fields are checked when they are read (`FieldRules`), and sent fields are valid.
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
    /// Limits of a connection that carries the calls of many callers between two services that trust each other. Cancellations by some
    /// callers must not end the calls of others. A server may ping with each response, as grpc-go does. The rate of pings is not limited,
    /// because their number is bounded by the requests, and the answers to them by `maximumBufferedControlFrames`.
    fileprivate static var shared: Self {
        var configuration = Self.bounded
        configuration.controlFrameRateLimit.windowLength = .zero
        // Frames that are still on their way for a cancelled stream are accepted only while the stream is remembered.
        configuration.maximumRecentlyResetStreams = 4096
        return configuration
    }
}

extension NIOHTTP2Handler.StreamConfiguration {
    /// Does not limit resets, which happen whenever callers cancel, and when a server responds before the end of the request (RFC 9113
    /// §8.1).
    fileprivate static var shared: Self {
        var configuration = Self()
        configuration.streamResetFrameRateLimit.windowLength = .zero
        return configuration
    }

    /// Limits streams that are opened and immediately reset (CVE-2023-44487), with the values of nghttp2.
    fileprivate static var bounded: Self {
        var configuration = Self()
        configuration.streamResetFrameRateLimit.maximumCount = 1000
        configuration.streamResetFrameRateLimit.windowLength = .seconds(30)
        return configuration
    }
}
