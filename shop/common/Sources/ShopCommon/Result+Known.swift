import Roost
import RoostData

extension Result where Failure == any Error {
    /// Returns the value read from a row, or `nil` if its state is unknown because a newer version of the service wrote it. A list leaves
    /// such rows out.
    /// - Throws: Any other error for which the row could not be read.
    public func ifKnown() throws -> Success? {
        do {
            return try get()
        } catch let error as DatabaseError where error.code == .unknownValue {
            RequestContext.currentLogger.warning("A row with an unknown state is left out of a list.", metadata: ["cause": "\(error)"])
            return nil
        }
    }
}
