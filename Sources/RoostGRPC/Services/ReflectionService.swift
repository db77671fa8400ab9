import Roost
import RoostDocuments

/// The reflection service, which describes services and their messages to clients such as `grpcurl`: `grpc.reflection.v1.ServerReflection`,
/// and the same under its older name (gRPC, "Server Reflection Protocol").
public struct ReflectionService: Middleware {
    private static let paths: Set = [
        "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo", "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
    ]

    private let catalog: DescriptorCatalog

    /// Creates the service.
    /// - Parameter contracts: The contracts to reveal.
    public init(of contracts: [ContractDescription]) { catalog = DescriptorCatalog(contracts) }

    /// Answers a request for reflection, and passes all others on.
    public func respond(to request: Request, in context: RequestContext, next: Responder) async throws -> Response {
        guard Self.paths.contains(request.path) else { return try await next(request, context) }
        let questions: MessageStream<[UInt8]> =
            switch request.body {
            case .bytes(let bytes): MessageStream(of: bytes)
            case .stream(let stream, _): MessageStream(stream)
            }
        return Response(body: .stream(questions.mapped { [catalog] in try Self.answer($0, from: catalog) }, length: nil))
    }

    /// Returns a `ServerReflectionResponse`, which contains the question and one of several answers.
    private static func answer(_ question: [UInt8], from catalog: DescriptorCatalog) throws -> [UInt8] {
        let fields: [ProtobufField]
        do throws(DecodingFailure) { fields = try Protobuf.fields(of: question) } catch {
            throw error.problem
        }
        var answer = ProtobufWriter()
        answer.field(1, fields.first { $0.number == 1 }?.text ?? "")
        answer.field(2, bytes: question)
        guard let asked = fields.last(where: { (3...7).contains($0.number) }) else {
            answer.error(.invalidArgument, "The reflection request is empty.")
            return answer.bytes
        }
        let name = asked.text ?? ""
        switch asked.number {
        case 3: answer.files(catalog.file(named: name), or: name)
        case 4: answer.files(catalog.file(with: name), or: name)
        case 7: answer.delimited(6) { list in for service in catalog.services { list.delimited(1) { $0.field(1, service) } } }
        // proto3 has no extensions except options, of which there are none here.
        default: answer.error(.notFound, "There are no extensions.")
        }
        return answer.bytes
    }
}

extension ProtobufWriter {
    /// Writes a `FileDescriptorResponse`, or an error if there are no files.
    fileprivate mutating func files(_ files: [[UInt8]], or name: String) {
        guard !files.isEmpty else { return error(.notFound, "\(name) is not known.") }
        delimited(4) { response in for file in files { response.field(1, bytes: file) } }
    }

    fileprivate mutating func error(_ code: StatusCode, _ message: String) {
        delimited(7) { error in
            error.field(1, Int32(code.rawValue))
            error.field(2, message)
        }
    }
}
