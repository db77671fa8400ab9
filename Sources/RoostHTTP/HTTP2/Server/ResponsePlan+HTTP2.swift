import NIOHPACK
import Roost

extension ResponsePlan {
    /// Returns the head of a response in HTTP/2 (RFC 9113 §8.3.2).
    /// - Parameters:
    ///   - response: The response.
    ///   - date: The value of `date`.
    ///   - requestID: The value of `x-request-id`; `nil` if the protocol's callers read neither this field nor the date and the
    ///     length.
    /// - Returns: The head, and the names of the fields that are invalid and were therefore changed or left out.
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
