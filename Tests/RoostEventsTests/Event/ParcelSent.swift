import Roost

/// A parcel is on its way.
@Schema
struct ParcelSent: Event, Equatable {
    static let topic = "parcels.sent", version = 2
    static let earlier: [EarlierVersion<Self>] = [
        EarlierVersion(1, ParcelSentV1.self) { ParcelSent(parcel: $0.parcel, grams: try $0.grams) }
    ]

    var parcel: String
    var grams: Int
    var key: String { parcel }
}

/// What `ParcelSent` was in version 1.
@Schema
struct ParcelSentV1 {
    var parcel: String
    var kilograms: Int

    var grams: Int {
        get throws {
            let (grams, isTooHeavy) = kilograms.multipliedReportingOverflow(by: 1000)
            if isTooHeavy { throw Problem(.unprocessable, "A parcel of \(kilograms) kg cannot be weighed.") }
            return grams
        }
    }
}
