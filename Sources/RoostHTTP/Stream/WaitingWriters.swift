/// The tasks that wait until a connection, or one of its streams, accepts more.
///
/// It is used on the connection's event loop only and therefore has no lock. The end of the connection or stream ends every wait.
struct WaitingWriters {
    typealias Writer = CheckedContinuation<Void, any Error>

    // Nearly always, only one task writes, which then needs no array.
    private var first: Writer?
    private var others: [Writer] = []

    mutating func add(_ writer: Writer) {
        if first == nil { first = writer } else { others.append(writer) }
    }

    /// Lets the tasks write.
    mutating func resume() { resume(with: .success(())) }

    /// Fails the tasks, because nothing more can be written.
    mutating func fail(_ error: any Error) { resume(with: .failure(error)) }

    private mutating func resume(with result: Result<Void, any Error>) {
        guard let writer = first.take() else { return }
        var waiting: [Writer] = []
        swap(&waiting, &others)
        writer.resume(with: result)
        for writer in waiting { writer.resume(with: result) }
    }
}
