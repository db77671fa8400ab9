import Roost

/// The rules for a payment token, a text that identifies a card. Every contract that takes one declares the same rules, from the public API
/// to the processor, so that no service rejects a token that another has accepted.
public enum PaymentToken {
    /// The length of a token in characters.
    public static let length = 1...200

    /// The format of a token: text without control characters.
    public static let format = Format("payment-token", expectation: "a payment token, without control characters") { text in
        text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
    }
}
