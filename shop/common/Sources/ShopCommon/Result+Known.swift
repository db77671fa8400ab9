import Roost
import RoostData

extension Result where Failure == any Error {
    /// What was read of a row; `nil` where it is in a state that only a newer version of the service knows: a list goes on without it.
    /// - Throws: why else it could not be read.
    public func ifKnown() throws -> Success? {
        do {
            return try get()
        } catch let error as DatabaseError where error.code == .unknownValue {
            RequestContext.current.logger.warning("a row is left out of a list", metadata: ["cause": "\(error)"])
            return nil
        }
    }
}
