import Money
import Roost

/// What it takes to buy what is in the cart.
@Schema
public struct NewOrder {
    /// Stands for a card at the payment processor.
    @Check(.length(PaymentToken.length), .format(PaymentToken.format)) public var paymentToken: String
    public var shippingAddress: Address
    /// Where mail about the order goes; to the account's address where left out.
    @Check(.format(.email)) public var email: String?
}

@Schema
public struct Address {
    @Check(.line(1...200)) public var name: String
    @Check(.line(1...200)) public var street: String
    @Check(.line(1...200)) public var city: String
    @Check(.line(1...20)) public var postalCode: String
    @Check(.line(2...100)) public var country: String
}
