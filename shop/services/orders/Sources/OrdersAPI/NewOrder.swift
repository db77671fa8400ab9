import Money
import Roost

/// The details of an order for the content of the cart.
@Schema
public struct NewOrder {
    /// Identifies a card at the payment processor.
    @Check(.length(PaymentToken.length), .format(PaymentToken.format)) public var paymentToken: String
    /// Where the products are sent.
    public var shippingAddress: Address
    /// The address for mail about the order. If it is left out, mail goes to the account's address.
    @Check(.format(.email)) public var email: String?
}

/// A postal address.
@Schema
public struct Address {
    /// The name of the recipient.
    @Check(.line(1...200)) public var name: String
    /// The street and the number.
    @Check(.line(1...200)) public var street: String
    /// The city.
    @Check(.line(1...200)) public var city: String
    /// The postal code.
    @Check(.line(1...20)) public var postalCode: String
    /// The country, by name or by code.
    @Check(.line(2...100)) public var country: String
}
