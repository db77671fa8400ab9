import Roost
import Testing

/// W3C Trace Context §3.2.
struct TraceContextTests {
    private static let trace = "0af7651916cd43dd8448eb211c80319c", span = "b7ad6b7169203331"

    @Test(arguments: [("00", "01", true), ("00", "00", false), ("00", "ff", true), ("00", "02", false), ("cc", "01", true)])
    func reads(version: String, flags: String, isSampled: Bool) throws {
        let context = try #require(TraceContext(traceparent: "\(version)-\(Self.trace)-\(Self.span)-\(flags)"))
        #expect(context.traceID == Self.trace && context.spanID == Self.span && context.isSampled == isSampled)
    }

    @Test func takesWhatLaterVersionsAdd() {
        #expect(TraceContext(traceparent: "cc-\(Self.trace)-\(Self.span)-01-what-the-future") != nil)
        #expect(TraceContext(traceparent: "00-\(Self.trace)-\(Self.span)-01-more") == nil)
    }

    @Test(arguments: [
        "", "00", "00-\(trace)-\(span)", "ff-\(trace)-\(span)-01", "00-\(trace.uppercased())-\(span)-01",
        "00-\(trace.dropLast())-\(span)-01",
        "00-\(trace)-\(span)0-01", "00-00000000000000000000000000000000-\(span)-01", "00-\(trace)-0000000000000000-01",
        "0-\(trace)-\(span)-01",
        "00-\(trace)-\(span)-1", "00-\(trace)-\(span)-0g", " 00-\(trace)-\(span)-01", "00_\(trace)_\(span)_01",
    ])
    func refuses(field: String) {
        #expect(TraceContext(traceparent: field) == nil)
    }

    @Test func aChildIsOfTheSameTrace() throws {
        let root = TraceContext.root(), child = root.child()
        #expect(child.traceID == root.traceID && child.spanID != root.spanID)
        #expect(TraceContext(traceparent: child.traceparent) == child)
        #expect(try #require(TraceContext(traceparent: "00-\(Self.trace)-\(Self.span)-00")).child().traceparent.hasSuffix("-00"))
    }

    @Test func aRequestsNameIsTakenWhereItIsSafe() {
        #expect(RequestID.accepts("a-1") && !RequestID.accepts("") && !RequestID.accepts("a b") && !RequestID.accepts("a\r\nb"))
        #expect(RequestID.accepts(String(repeating: "a", count: 128)) && !RequestID.accepts(String(repeating: "a", count: 129)))
        #expect(Set((0..<100).map { _ in RequestID.next() }).count == 100)
    }
}
