/// Calls other services, and passes on what they refuse with one of these statuses as this service's own response.
///
/// ```swift
/// let product = try await passingOn(.notFound) { try await catalog.product(sku: sku) }
/// ```
/// Without it, a problem that another service answers with and that the handler does not catch becomes a 502, as the call was this
/// service's and not its caller's. Status 401 and 403 are about this service's identity as well as the caller's, so pass them on with care.
/// - Parameters:
///   - statuses: The statuses of the problems that are passed on, with their code, detail, faults and header fields.
///   - body: Calls the other services.
/// - Returns: What `body` returns.
/// - Throws: What `body` throws.
public func passingOn<Result>(_ statuses: Status..., from body: () async throws -> Result) async rethrows -> Result {
    do {
        return try await body()
    } catch var problem as Problem where statuses.contains(problem.status) {
        problem.callee = nil
        throw problem
    }
}
