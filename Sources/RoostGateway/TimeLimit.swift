import Roost

/// Gives each request a deadline, which travels with every call that it causes. The client's time for sending it is not counted.
struct TimeLimit {
    let timeout: Duration

    func begun(in context: RequestContext) -> RequestContext {
        var context = context
        let limit = ContinuousClock.now + timeout
        context.deadline = min(context.deadline ?? limit, limit)
        return context
    }
}
