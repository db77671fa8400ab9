// Whoever imports `Roost` has schemas too; `RoostSchema` alone is for libraries of values that have no contract.
@_exported import RoostSchema
