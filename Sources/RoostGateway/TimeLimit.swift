import Roost

/// Gives each request a deadline, which all calls that it causes share. The time that the client takes to send it does not count.
struct TimeLimit {
    let timeout: Duration

    func begun(in context: RequestContext) -> RequestContext {
        var context = context
        let limit = ContinuousClock.now + timeout
        context.deadline = min(context.deadline ?? limit, limit)
        return context
    }
}
