import CRoostKafka
import Roost

/// An event of librdkafka, which is freed exactly once.
struct KafkaEvent: ~Copyable {
    let pointer: OpaquePointer

    /// Takes an event.
    init?(_ pointer: OpaquePointer?) {
        guard let pointer else { return nil }
        self.pointer = pointer
    }

    deinit { rd_kafka_event_destroy(pointer) }

    var type: Int32 { rd_kafka_event_type(pointer) }

    /// The error that the event tells of or bears, or `nil` if there is none.
    var error: KafkaError? {
        let code = rd_kafka_event_error(pointer)
        guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { return nil }
        return KafkaError(code, rd_kafka_event_error_string(pointer).map { String(cString: $0) })
    }

    /// Whether the client cannot be used any more.
    var isFatal: Bool { rd_kafka_event_error_is_fatal(pointer) != 0 || error?.isFatal == true }

    /// The number that was given with the request.
    var number: Int { Int(bitPattern: rd_kafka_event_opaque(pointer)) }

    /// Writes the event to the log if it is a line of librdkafka's log.
    /// - Returns: Whether it is one.
    func log() -> Bool {
        guard type == RD_KAFKA_EVENT_LOG else { return false }
        var facility: UnsafePointer<CChar>?, text: UnsafePointer<CChar>?, level: Int32 = 0
        guard rd_kafka_event_log(pointer, &facility, &text, &level) == 0, let text else { return true }
        let line = "librdkafka: \(facility.map { String(cString: $0) } ?? "") \(String(cString: text))"
        // Its errors are those of one connection, which it tries again.
        switch level {
        case ...4 where facility.map({ String(cString: $0) }) == "CONFWARN": RequestContext.defaultLogger.debug("\(line)")
        case ...4: RequestContext.defaultLogger.warning("\(line)")
        case 5: RequestContext.defaultLogger.info("\(line)")
        default: RequestContext.defaultLogger.debug("\(line)")
        }
        return true
    }
}
