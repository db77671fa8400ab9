import RecommendationsAPI

/// Recommends nothing, which is what the shop does while the service is down.
struct NoRecommendations: RecommendationsAPI {
    func recommendations(sku: String) -> RecommendedProducts { RecommendedProducts(items: []) }
}
