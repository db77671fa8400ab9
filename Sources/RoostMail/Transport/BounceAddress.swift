import Roost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The mailbox to which servers report that they could not deliver a mail after they had accepted it.
///
/// Each mail is sent with a return path of its own, so that the receiver of a report identifies the mail, whatever the report contains:
/// `bounces+018f….@shop.example` for `bounces@shop.example`. The mailbox must accept such addresses (RFC 5233, "subaddressing").
public struct BounceAddress: Hashable, Sendable {
    private let mailbox: Substring
    private let domain: Substring

    /// Creates a mailbox from its address, or returns `nil` if the text is not an address, contains a `+`, or is too long to add the identifier of a
    /// mail.
    /// - Parameter address: The address, such as `bounces@shop.example`.
    public init?(_ address: String) {
        guard Format.email.accepts(address), let at = address.lastIndex(of: "@") else { return nil }
        mailbox = address[..<at]
        domain = address[address.index(after: at)...]
        // The part before the "@" has at most 64 bytes, and an address 254 (RFC 5321 §4.5.3.1).
        guard mailbox.utf8.count + 37 <= 64, address.utf8.count + 37 <= 254, !mailbox.contains("+") else { return nil }
    }

    /// Returns the return path of a mail.
    /// - Parameter id: The identifier of the mail.
    public func address(for id: UUID) -> String { "\(mailbox)+\(id.text)@\(domain)" }

    /// Returns the identifier of the mail that was sent with a return path, or `nil` if the address is not a return path of this mailbox.
    /// - Parameter address: The receiver of a report. Upper and lower case do not matter.
    public func mailID(in address: String) -> UUID? {
        guard let at = address.lastIndex(of: "@"), address[address.index(after: at)...].lowercased() == domain.lowercased() else {
            return nil
        }
        let parts = address[..<at].split(separator: "+", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].lowercased() == mailbox.lowercased() else { return nil }
        return UUID(text: parts[1].lowercased())
    }
}

extension BounceAddress: CustomStringConvertible {
    /// The address without the identifier of a mail.
    public var description: String { "\(mailbox)@\(domain)" }
}

extension Setting where Value == BounceAddress? {
    /// `BOUNCE_ADDRESS`, the mailbox for reports of mails that could not be delivered.
    public static var bounceAddress: Setting {
        Setting(
            "BOUNCE_ADDRESS", allowed: "an address such as bounces@shop.example, with at most 27 characters before the @ and without a +",
            described: "the sender of each mail",
            purpose:
                "The mailbox to which servers report mail that they could not deliver. Each mail has its identifier added: bounces+ID@….",
            parse: { BounceAddress($0) })
    }
}
