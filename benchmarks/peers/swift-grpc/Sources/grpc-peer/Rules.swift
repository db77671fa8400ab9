extension Orders_Order {
    var isValid: Bool {
        (1...200).contains(customer.unicodeScalars.count) && isEmail(email) && (1...100).contains(lines.count)
            && lines.allSatisfy { !$0.sku.isEmpty && (1...1000).contains($0.quantity) && $0.unitPrice >= 0 }
    }
}

/// An address as HTML's `input type=email` takes it, without the limits on lengths.
private func isEmail(_ text: String) -> Bool {
    let parts = text.utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, parts[0].allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return false }
    let labels = parts[1].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    return labels.count >= 2
        && labels.allSatisfy { label in
            !label.isEmpty
                && label.allSatisfy { $0 == UInt8(ascii: "-") || (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20) }
        }
}
