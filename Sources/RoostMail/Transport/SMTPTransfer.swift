import CRoostCurl
import Roost

/// One delivery through libcurl. It blocks the calling thread for half a minute at most.
struct SMTPTransfer {
    private let location: SMTPLocation

    /// In milliseconds.
    private static let connectTimeout = 10_000, timeout = 30_000

    private static let isReady = roost_curl_init() == CURLE_OK

    init(_ location: SMTPLocation) { self.location = location }

    func send(_ message: [UInt8], from sender: String, to receiver: String) throws(TransportError) {
        guard Self.isReady, let handle = curl_easy_init() else { throw .mailDeferred("libcurl cannot start") }
        defer { curl_easy_cleanup(handle) }
        let receivers = curl_slist_append(nil, "<\(receiver)>")
        defer { curl_slist_free_all(receivers) }
        let source = Source(message)
        try configure(handle, sender: sender, receivers: receivers)
        // The source outlives the transfer, which is the only caller.
        let code = withExtendedLifetime(source) {
            roost_curl_set_reader(handle, Source.read, Unmanaged.passUnretained(source).toOpaque())
            return curl_easy_perform(handle)
        }
        guard code != CURLE_OK else { return }
        throw Self.error(code, reply: roost_curl_response_code(handle), hasSent: source.hasBeenRead)
    }

    private func configure(_ handle: UnsafeMutableRawPointer, sender: String, receivers: UnsafeMutablePointer<curl_slist>?)
        throws(TransportError)
    {
        let needsTLS = location.credentials != nil
        let numbers: [(CURLoption, Int)] = [
            (CURLOPT_UPLOAD, 1), (CURLOPT_NOSIGNAL, 1), (CURLOPT_CONNECTTIMEOUT_MS, Self.connectTimeout),
            (CURLOPT_TIMEOUT_MS, Self.timeout), (CURLOPT_USE_SSL, Int((needsTLS ? CURLUSESSL_ALL : CURLUSESSL_TRY).rawValue)),
        ]
        let texts: [(CURLoption, String?)] = [
            (CURLOPT_URL, location.url), (CURLOPT_PROTOCOLS_STR, "smtp,smtps"), (CURLOPT_MAIL_FROM, "<\(sender)>"),
            (CURLOPT_USERNAME, location.credentials?.user), (CURLOPT_PASSWORD, location.credentials?.password),
        ]
        var codes = numbers.map { roost_curl_set_long(handle, $0, $1) }
        codes += texts.compactMap { option, text in text.map { roost_curl_set_text(handle, option, $0) } }
        codes.append(roost_curl_set_list(handle, CURLOPT_MAIL_RCPT, receivers))
        if let code = codes.first(where: { $0 != CURLE_OK }) { throw .mailDeferred(Self.words(code)) }
    }

    /// A reply of 500 or more to the addresses or to the message means that the mail itself is refused (RFC 5321 §4.2.1). Earlier failures,
    /// such as a refused password, are faults of the configuration: the mail is kept until that is corrected.
    private static func error(_ code: CURLcode, reply: Int, hasSent: Bool) -> TransportError {
        let isAboutMail = hasSent || code == CURLE_SEND_ERROR
        let reason = reply == 0 ? words(code) : "\(words(code)) (the server replied \(reply))"
        return isAboutMail && (500..<600).contains(reply) ? .mailRefused(reason) : .mailDeferred(reason)
    }

    private static func words(_ code: CURLcode) -> String { String(cString: curl_easy_strerror(code)) }

    /// The message, from which libcurl reads.
    private final class Source {
        private let bytes: [UInt8]
        private var offset = 0

        init(_ bytes: [UInt8]) { self.bytes = bytes }

        var hasBeenRead: Bool { offset > 0 }

        static let read: roost_curl_reader = { buffer, size, count, source in
            guard let buffer, let source else { return 0 }
            let target = UnsafeMutableRawBufferPointer(start: buffer, count: size * count)
            return Unmanaged<Source>.fromOpaque(source).takeUnretainedValue().copy(into: target)
        }

        private func copy(into target: UnsafeMutableRawBufferPointer) -> Int {
            let piece = bytes[offset...].prefix(target.count)
            target.copyBytes(from: piece)
            offset += piece.count
            return piece.count
        }
    }
}
