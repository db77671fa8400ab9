import NIOHPACK
import Roost

extension ResponsePlan {
    /// The head as HTTP/2 carries it (RFC 9113 §8.3.2).
    /// - Parameters:
    ///   - date: what `date` says.
    ///   - requestID: what `x-request-id` says; `nil` for a call by messages, whose caller reads neither this nor the date nor a length.
    /// - Returns: the head, and the names of the fields that could not be written as they were given.
    func fields(of response: Response, date: String, requestID: String?) -> (HPACKHeaders, refused: [String]) {
        var head = HPACKHeaders()
        head.reserveCapacity(response.headers.fields.count + 4)
        head.add(name: ":status", value: response.status == .ok ? "200" : String(response.status.code))
        let refused = head.add(response.headers) { !Self.isOurs($0) }
        guard let requestID else { return (head, refused) }
        if let announcedLength { head.add(name: "content-length", value: announcedLength, indexing: .nonIndexable) }
        head.add(name: "date", value: date)
        head.add(name: "x-request-id", value: requestID, indexing: .nonIndexable)
        return (head, refused)
    }
}
