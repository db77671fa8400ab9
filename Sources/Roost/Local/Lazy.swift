import Synchronization

/// A value that is computed once and read often.
final class Lazy<Value: Sendable>: Sendable {
    private final class Box: Sendable {
        let value: Value

        init(_ value: Value) { self.value = value }
    }

    private let box = AtomicLazyReference<Box>()

    var value: Value? { box.load()?.value }

    func set(_ value: Value) { _ = box.storeIfNil(Box(value)) }
}
