import Roost

extension Mail {
    /// A file that is sent with a mail, or an image that its HTML shows.
    public struct Attachment: Hashable, Sendable {
        /// The name of the file, under which mail programs save it.
        public let name: String
        /// The media type, such as `application/pdf`.
        public let type: String
        /// The content of the file.
        public let content: [UInt8]
        /// The identifier by which the HTML refers to the image (RFC 2392); `nil` for a file that is listed beside the text.
        public let contentID: String?

        /// Creates an attachment, which mail programs list beside the text.
        /// - Parameters:
        ///   - name: The name of the file: at most 255 bytes without control characters. It can be in any script.
        ///   - type: The media type without parameters, such as `application/pdf`. Text is expected to be UTF-8.
        ///   - content: The content of the file.
        /// - Throws: A `Problem` with status 422 that lists what is not allowed.
        public init(name: String, type: String, content: [UInt8]) throws(Problem) {
            try self.init(name, type, content, contentID: nil)
        }

        /// Creates an image that the mail's HTML shows: `<img src="cid:logo@shop.example">`.
        /// - Parameters:
        ///   - contentID: The identifier, in the form of an address, such as `logo@shop.example`.
        ///   - name: The name of the file.
        ///   - type: The media type, such as `image/png`.
        ///   - content: The content of the file.
        /// - Throws: A `Problem` with status 422 that lists what is not allowed.
        public static func inline(_ contentID: String, name: String, type: String, content: [UInt8]) throws(Problem) -> Attachment {
            try Attachment(name, type, content, contentID: contentID)
        }

        init(_ name: String, _ type: String, _ content: [UInt8], contentID: String?) throws(Problem) {
            try Mail.checkLine(name, "/name")
            var faults: [Fault] = []
            if !(1...Self.nameLimit).contains(name.utf8.count) {
                faults.append(Fault(pointer: "/name", rule: "length", message: "must have from 1 to \(Self.nameLimit) bytes"))
            }
            if !Self.isMediaType(type) {
                faults.append(
                    Fault(pointer: "/type", rule: "format", message: "must be a media type without parameters, not multipart or message"))
            }
            if let contentID, !Format.email.accepts(contentID) {
                faults.append(Fault(pointer: "/contentID", rule: "format", message: "must have the form of an address"))
            }
            guard faults.isEmpty else { throw Problem.invalid(faults) }
            self.name = name
            self.type = type
            self.content = content
            self.contentID = contentID
        }

        /// The longest name, in bytes: the usual limit of file systems.
        private static let nameLimit = 255

        /// Whether a text is a type and a subtype (RFC 2045 §5.1). Messages and multipart content cannot be base64 (RFC 2046 §5).
        private static func isMediaType(_ text: String) -> Bool {
            let parts = text.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count == 2, text.utf8.count <= 127 else { return false }
            let isToken = parts.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy(isTokenByte) }
            return isToken && !["multipart", "message"].contains(parts[0].lowercased())
        }

        private static func isTokenByte(_ byte: UInt8) -> Bool {
            (0x21...0x7E).contains(byte) && !"()<>@,;:\\\"/[]?=".utf8.contains(byte)
        }
    }
}

extension Mail.Attachment: CustomStringConvertible {
    /// The name, the type and the size, without the content.
    public var description: String { "\(name) (\(type), \(content.count) bytes)" }
}
