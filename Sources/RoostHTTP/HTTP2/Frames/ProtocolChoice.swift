import NIOCore

/// Determines the HTTP version of a connection from its first bytes (RFC 9113 §3.3, §3.4). It does no I/O.
struct ProtocolChoice {
    enum Verdict: Equatable {
        case http1, http2, undecided
    }

    /// The bytes received so far.
    private(set) var bytes = ByteBuffer()

    /// The connection preface that an HTTP/2 client sends first.
    static let preface = ByteBuffer(staticString: "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")

    mutating func receive(_ piece: ByteBuffer) -> Verdict {
        if bytes.readableBytes == 0 { bytes = piece } else { bytes.writeImmutableBuffer(piece) }
        let length = min(bytes.readableBytes, Self.preface.readableBytes)
        let isAlike = bytes.readableBytesView.prefix(length).elementsEqual(Self.preface.readableBytesView.prefix(length))
        guard isAlike else { return .http1 }
        return length == Self.preface.readableBytes ? .http2 : .undecided
    }
}
