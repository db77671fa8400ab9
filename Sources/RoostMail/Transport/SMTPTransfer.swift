import CRoostCurl
import Roost

/// One delivery through libcurl. It blocks the calling thread for a limited time.
struct SMTPTransfer {
    private let location: SMTPLocation
    private let interruption: SMTPDialogue.Interruption

    /// In milliseconds.
    private static let connectTimeout = 10_000, timeout = 30_000
    /// The time limit for each reply, in seconds. It includes the reply to `QUIT`, to which the other limits do not apply.
    private static let replyTimeout = 30
    /// The slowest connection for which the time limit suffices, in bytes for each millisecond.
    private static let slowest = 64

    private static let isReady = roost_curl_init() == CURLE_OK

    init(_ location: SMTPLocation, interruption: SMTPDialogue.Interruption) {
        self.location = location
        self.interruption = interruption
    }

    /// Delivers a message.
    /// - Throws: A `TransportError`; a `CancellationError` if the transfer was interrupted before the server can have accepted the message.
    func send(_ message: [UInt8], from sender: String, to receiver: String) throws {
        // Everything that libcurl is given must outlive its handle, which may still send a `QUIT` to the server when it is cleaned up.
        let details = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
        details.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        defer { details.deallocate() }
        let dialogue = SMTPDialogue(message, interruption: interruption)
        defer { withExtendedLifetime(dialogue) {} }
        let receivers = curl_slist_append(nil, "<\(receiver)>")
        defer { curl_slist_free_all(receivers) }
        guard Self.isReady, let handle = curl_easy_init() else { throw TransportError.mailDeferred("libcurl cannot start") }
        defer { curl_easy_cleanup(handle) }
        try check(roost_curl_set_error_buffer(handle, details))
        for option in options(sender: sender, size: message.count) { try check(option.set(on: handle)) }
        try check(roost_curl_set_list(handle, CURLOPT_MAIL_RCPT, receivers))
        let context = Unmanaged.passUnretained(dialogue).toOpaque()
        try check(roost_curl_set_callbacks(handle, Self.read, Self.listen, Self.watch, context))
        let code = curl_easy_perform(handle)
        // A message that was accepted must not be sent again because the server does not reply to `QUIT`.
        guard code != CURLE_OK, !dialogue.isAccepted else { return }
        if code == CURLE_ABORTED_BY_CALLBACK { throw CancellationError() }
        let words = String(cString: details)
        throw error(code, words.isEmpty ? Self.words(code) : words, replyCode: roost_curl_response_code(handle), dialogue)
    }

    private func check(_ code: CURLcode) throws(TransportError) { if code != CURLE_OK { throw .mailDeferred(Self.words(code)) } }

    private enum Option {
        case number(CURLoption, Int)
        case text(CURLoption, String)

        func set(on handle: UnsafeMutableRawPointer) -> CURLcode {
            switch self {
            case .number(let option, let value): roost_curl_set_long(handle, option, value)
            case .text(let option, let value): roost_curl_set_text(handle, option, value)
            }
        }
    }

    private func options(sender: String, size: Int) -> [Option] {
        let security = location.isSecured ? CURLUSESSL_ALL : CURLUSESSL_TRY
        var options: [Option] = [
            .number(CURLOPT_UPLOAD, 1), .number(CURLOPT_INFILESIZE, size), .number(CURLOPT_NOSIGNAL, 1),
            .number(CURLOPT_CONNECTTIMEOUT_MS, Self.connectTimeout),
            .number(CURLOPT_TIMEOUT_MS, Self.timeout + size / Self.slowest), .number(CURLOPT_SERVER_RESPONSE_TIMEOUT, Self.replyTimeout),
            // The connection is closed within the transfer, where it can be interrupted.
            .number(CURLOPT_FORBID_REUSE, 1), .number(CURLOPT_USE_SSL, Int(security.rawValue)),
            // RFC 8996: earlier versions must not be used.
            .number(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2)), .text(CURLOPT_URL, location.url),
            .text(CURLOPT_PROTOCOLS_STR, "smtp,smtps"), .text(CURLOPT_MAIL_FROM, "<\(sender)>"),
        ]
        if let path = location.authorities { options.append(.text(CURLOPT_CAINFO, path)) }
        if let credentials = location.credentials {
            options += [
                .text(CURLOPT_USERNAME, credentials.user), .text(CURLOPT_PASSWORD, credentials.password),
                // The connection is secured. The other mechanisms are made for connections that are not.
                .text(CURLOPT_LOGIN_OPTIONS, "AUTH=PLAIN;AUTH=LOGIN"),
            ]
        }
        return options
    }

    /// Returns the error of a transfer that failed. A reply of 500 or more to an address or to the message means that the mail itself is refused
    /// (RFC 5321 §4.2.1). Earlier failures, such as a refused password, and a demand for one (RFC 4954 §6) are faults of the configuration: the mail
    /// is tried again, so that the configuration can be corrected.
    private func error(_ code: CURLcode, _ words: String, replyCode: Int, _ dialogue: SMTPDialogue) -> TransportError {
        guard (400..<600).contains(replyCode) else { return .mailDeferred("the mail was not sent: \(words)") }
        let reason = "the mail server replied: \(location.redacted(dialogue.reply(replyCode)))"
        let isAboutMail = dialogue.hasSent || code == CURLE_SEND_ERROR
        let isRefusal = isAboutMail && replyCode >= 500 && ![530, 534, 535, 538].contains(replyCode)
        return isRefusal ? .mailRefused(reason) : .mailDeferred(reason)
    }

    private static func words(_ code: CURLcode) -> String { String(cString: curl_easy_strerror(code)) }

    // MARK: What libcurl calls

    private static func dialogue(_ context: UnsafeMutableRawPointer) -> SMTPDialogue {
        Unmanaged<SMTPDialogue>.fromOpaque(context).takeUnretainedValue()
    }

    private static let read: roost_curl_reader = { buffer, size, count, context in
        guard let buffer, let context else { return 0 }
        return dialogue(context).read(into: UnsafeMutableRawBufferPointer(start: buffer, count: size * count))
    }

    private static let listen: roost_curl_listener = { line, size, count, context in
        guard let line, let context else { return 0 }
        dialogue(context).take(UnsafeRawBufferPointer(start: line, count: size * count))
        return size * count
    }

    private static let watch: roost_curl_watcher = { context, _, _, _, _ in
        guard let context else { return 0 }
        return dialogue(context).mustEnd ? 1 : 0
    }
}
