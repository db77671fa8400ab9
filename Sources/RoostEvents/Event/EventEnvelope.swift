import Roost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// An event in transit, with the attributes of CloudEvents 1.0 §3.
public struct EventEnvelope: Hashable, Sendable {
    /// `id`: unique; a bus stores it once. Roost creates a UUIDv7.
    public var id: String
    /// `source`: the service that published the event.
    public var source: String
    /// `type`: the topic of the event.
    public var topic: String
    /// The version of the event's data, counted from 1: a part of `dataschema`.
    public var version: Int
    /// `partitionkey` (CloudEvents' Partitioning extension): the key that orders events.
    public var key: String
    /// `time`: the time at which the event happened.
    public var time: Date
    /// `traceparent` (CloudEvents' Distributed Tracing extension): the trace that the event belongs to.
    public var traceparent: String?
    /// `data`: JSON, with the `datacontenttype` `application/json`.
    public var data: [UInt8]

    /// Creates an envelope from its attributes.
    public init(
        id: String = UUID.v7().text, source: String, topic: String, version: Int = 1, key: String, time: Date = Date(),
        traceparent: String? = nil, data: [UInt8]
    ) {
        self.id = id
        self.source = source
        self.topic = topic
        self.version = version
        self.key = key
        self.time = time
        self.traceparent = traceparent
        self.data = data
    }

    /// Creates the envelope of an event that happens now, as part of the current call's trace.
    public init<E: Event>(_ event: E, source: String) {
        self.init(
            source: source, topic: E.topic, version: E.version, key: event.key, traceparent: RequestContext.current?.traceparent,
            data: JSON.encode(event))
    }
}
