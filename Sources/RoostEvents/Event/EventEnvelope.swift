import Roost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// An event under way, with the attributes of CloudEvents 1.0 §3.
public struct EventEnvelope: Hashable, Sendable {
    /// `id`: unique; a bus takes it once. A UUIDv7 where this toolkit made it.
    public var id: String
    /// `source`: the service that it comes from.
    public var source: String
    /// `type`.
    public var topic: String
    /// `subject`: what orders events among themselves.
    public var key: String
    /// `time`: when it happened.
    public var time: Date
    /// `traceparent` (CloudEvents' Distributed Tracing extension).
    public var traceparent: String?
    /// `data`: JSON, its `datacontenttype` being `application/json`.
    public var data: [UInt8]

    public init(
        id: String = UUID.v7().text, source: String, topic: String, key: String, time: Date = Date(), traceparent: String? = nil,
        data: [UInt8]
    ) {
        self.id = id
        self.source = source
        self.topic = topic
        self.key = key
        self.time = time
        self.traceparent = traceparent
        self.data = data
    }

    /// Wraps an event that happens now, as part of the current trace.
    public init<E: Event>(_ event: E, source: String) {
        self.init(
            source: source, topic: E.topic, key: event.key, traceparent: RequestContext.current.traceparent,
            data: JSON.encode(event))
    }
}
