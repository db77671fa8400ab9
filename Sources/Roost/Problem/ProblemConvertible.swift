/// An error that callers see as a problem.
package protocol ProblemConvertible: Error {
    var problem: Problem { get }
}
