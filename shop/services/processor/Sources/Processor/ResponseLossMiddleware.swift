import Foundation
import ProcessorAPI
import Roost

/// Simulates the loss of the first response to a charge with the token `tok_lost`: the charge is made, but the response breaks off, in any
/// protocol.
struct ResponseLossMiddleware: Middleware {
    let charges: Charges

    private struct Lost: Error {}

    func respond(to request: Request, in context: RequestContext, next: Responder) async throws -> Response {
        guard let id = Self.charge(in: request) else { return try await next(request, context) }
        let wasKnown = try await charges.find(id) != nil
        let response = try await next(request, context)
        guard !wasKnown, try await charges.find(id)?.token == "tok_lost" else { return response }
        let (stream, continuation) = AsyncThrowingStream.makeStream(of: [UInt8].self)
        continuation.finish(throwing: Lost())
        return Response(response.status, headers: response.headers, body: .stream(stream, length: response.body.length))
    }

    /// Returns the identifier of the charge that a request makes.
    private static func charge(in request: Request) -> UUID? {
        guard request.route?.operation == ProcessorAPIContract.Routes.charge.operation else { return nil }
        if let id = request.parameter("id") { return UUID(text: id) }
        guard case .bytes(let message) = request.body else { return nil }
        return (try? Protobuf.fields(of: message))?.first { $0.number == 1 }?.text.flatMap(UUID.init(text:))
    }
}
