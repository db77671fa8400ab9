package main

import "unicode/utf8"

type Line struct {
	SKU       string  `json:"sku"`
	Quantity  int64   `json:"quantity"`
	UnitPrice float64 `json:"unitPrice"`
}

type Order struct {
	Customer string  `json:"customer"`
	Email    string  `json:"email"`
	Note     *string `json:"note,omitempty"`
	Lines    []Line  `json:"lines"`
}

// An address as HTML's `input type=email` takes it, without the limits on lengths.
func isEmail(text string) bool {
	at := -1
	for i := 0; i < len(text); i++ {
		if text[i] == '@' {
			if at >= 0 {
				return false
			}
			at = i
		} else if text[i] <= ' ' || text[i] >= 0x7f {
			return false
		}
	}
	return at > 0 && isDomain(text[at+1:])
}

// A regular expression would be shorter and, in Go, several times slower.
func isDomain(text string) bool {
	labels, length := 1, 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '.' && length > 0:
			labels, length = labels+1, 0
		case c == '-', '0' <= c && c <= '9', 'a' <= c|0x20 && c|0x20 <= 'z':
			length++
		default:
			return false
		}
	}
	return labels >= 2 && length > 0
}

func (order *Order) isValid() bool {
	length := utf8.RuneCountInString(order.Customer)
	if length < 1 || length > 200 || !isEmail(order.Email) || len(order.Lines) < 1 || len(order.Lines) > 100 {
		return false
	}
	for _, line := range order.Lines {
		if line.SKU == "" || line.Quantity < 1 || line.Quantity > 1000 || line.UnitPrice < 0 {
			return false
		}
	}
	return true
}
