/// An error that callers are told of as a problem.
package protocol ProblemConvertible: Error {
    var problem: Problem { get }
}
