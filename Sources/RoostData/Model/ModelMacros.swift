import Roost

/// Makes a struct the model of a table: a row is a plain value, and its properties are the table's columns.
///
/// ```swift
/// @Model("products", indexes: [["category", "sku"]])
/// struct ProductRow {
///     @Key var id: UUID = .v7()
///     @Unique @Check(.length(1...40)) var sku: String
///     @Indexed var price: Money                        // a column group: price_amount, price_currency
///     var stock = 0
///     var note: String?
///     @References(CategoryRow.self) var category: CategoryRow.ID
///     @JSON var attributes: [String: String]
///     @Version var version = 0
/// }
/// ```
///
/// A property's column has its name in snake case. The type of a property is a `SQLValue`, a struct with `@ColumnGroup`, or with `@JSON` any
/// schema. A default value is that of new rows; one that is a literal or a case also becomes that of existing rows when the column is added.
/// - Parameters:
///   - table: The name of the table.
///   - indexes: Indexes over several columns, each a list of names of properties.
///   - unique: Lists of names of properties whose values are not the same in any two rows.
@attached(
    member, names: named(Columns), named(table), named(columns), named(init), named(bind), named(ID), named(key))
@attached(extension, conformances: Model, KeyedModel, Sendable, names: named(init))
public macro Model(_ table: String, indexes: [[String]] = [], unique: [[String]] = []) =
    #externalMacro(module: "RoostMacros", type: "ModelMacro")

/// Makes a struct a value that is stored in several columns of a model, such as an amount of money: for a property `price` and a property
/// `amount` of the struct, the column `price_amount`.
@attached(member, names: named(StoredColumns), named(storedColumns), named(tableColumns), named(init), named(bind))
@attached(extension, conformances: Storable, Sendable, names: named(init))
public macro ColumnGroup() = #externalMacro(module: "RoostMacros", type: "ColumnGroupMacro")

/// Marks the property that identifies a row, or several that do so together.
/// - Parameter isGenerated: Whether the engine numbers new rows, as in tables that were made elsewhere. A key that is made in Swift, such as
///   `UUID.v7()`, is known before the row is inserted.
@attached(peer)
public macro Key(isGenerated: Bool = false) = #externalMacro(module: "RoostMacros", type: "ColumnAttributeMacro")

/// Marks a property that is not the same in any two rows.
@attached(peer)
public macro Unique() = #externalMacro(module: "RoostMacros", type: "ColumnAttributeMacro")

/// Marks a property by which rows are found.
@attached(peer)
public macro Indexed() = #externalMacro(module: "RoostMacros", type: "ColumnAttributeMacro")

/// Marks a property that is the key of a row of another model.
/// - Parameters:
///   - model: The other model.
///   - onDelete: What happens to the row if the other one is deleted.
@attached(peer)
public macro References<Other: Model>(_ model: Other.Type, onDelete: TableReference.Action = .restrict) =
    #externalMacro(module: "RoostMacros", type: "ColumnAttributeMacro")

/// Stores a property as JSON. Its type is any schema.
@attached(peer)
public macro JSON() = #externalMacro(module: "RoostMacros", type: "ColumnAttributeMacro")

/// Sets the name of a property's column.
@attached(peer)
public macro Column(_ name: String) = #externalMacro(module: "RoostMacros", type: "ColumnAttributeMacro")

/// States that a property had another name, so that a migration renames its column.
/// - Parameter name: The property's former name.
@attached(peer)
public macro Renamed(from name: String) = #externalMacro(module: "RoostMacros", type: "ColumnAttributeMacro")

/// Marks a property of the type `Int` that counts the changes of a row: `update(_:)` refuses to write a row that has been changed since it was
/// read.
@attached(peer)
public macro Version() = #externalMacro(module: "RoostMacros", type: "ColumnAttributeMacro")

/// Marks a property of the type `Date` that every update sets to the current time.
@attached(peer)
public macro UpdatedAt() = #externalMacro(module: "RoostMacros", type: "ColumnAttributeMacro")

/// Marks a property of the type `Date?` that a deletion sets to the current time. The row is kept, and only queries with
/// `includingDeleted()` find it.
@attached(peer)
public macro DeletedAt() = #externalMacro(module: "RoostMacros", type: "ColumnAttributeMacro")
