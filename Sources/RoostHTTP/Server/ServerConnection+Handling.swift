import NIOCore
import Roost

extension ServerConnection {
    /// Runs the handler, on this loop.
    func start(_ request: Request) {
        guard let exchange else { return }
        let number = exchange.number
        let context = exchange.context
        let this = NIOLoopBound(self, eventLoop: home.loop)
        let responder = home.responder
        if let deadline = context.deadline {
            let left = TimeAmount(max(.zero, ContinuousClock.now.duration(to: deadline)))
            self.exchange?.deadline = home.loop.scheduleTask(in: left) { this.value.deadlinePassed(number) }
        }
        home.executor.runNow {
            let task = Task(executorPreference: home.executor) {
                // The task prefers this connection's loop, and so is on it again after every wait.
                do {
                    let response = try await responder(request, context)
                    if response.upgrade != nil { return try await Self.upgrade(response, number, by: this) }
                    if this.value.answer(response, to: number) { try await Self.sendStream(of: response, number, by: this) }
                } catch {
                    this.value.answer(error, to: number)
                }
            }
            self.exchange?.task = task
        }
    }

    private func deadlinePassed(_ number: Int) {
        guard let exchange, exchange.number == number else { return }
        exchange.task?.cancel()
        // The handler may take a while to notice. Its request is over, and so is the connection that carried it.
        keepsAlive = false
        if exchange.plan != nil { return cutOff() }
        answer(Problem(.gatewayTimeout, "The deadline passed before there was an answer."), to: number)
    }
}

/// The client has gone.
struct ConnectionClosed: Error {}
