import Roost

/// What a text that stands for a card must keep. Every contract that takes one declares these, from the shop's door to the processor, so
/// that none refuses what another took.
public enum PaymentToken {
    /// How many characters it has.
    public static let length = 1...200

    /// What it is made of.
    public static let format = Format("payment-token", expectation: "a payment token, without control characters") { text in
        text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
    }
}
