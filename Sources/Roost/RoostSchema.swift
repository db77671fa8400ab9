// `Roost` exports its schemas as well. `RoostSchema` alone is for libraries of values without a contract.
@_exported import RoostSchema
