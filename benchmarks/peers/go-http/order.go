package main

import (
	"unicode/utf8"

	"../go-shared"
)

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

func (order *Order) isValid() bool {
	length := utf8.RuneCountInString(order.Customer)
	if length < 1 || length > 200 || !shared.IsEmail(order.Email) || len(order.Lines) < 1 || len(order.Lines) > 100 {
		return false
	}
	for _, line := range order.Lines {
		if line.SKU == "" || line.Quantity < 1 || line.Quantity > 1000 || line.UnitPrice < 0 {
			return false
		}
	}
	return true
}
