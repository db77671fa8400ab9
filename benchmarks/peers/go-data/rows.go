// Package data has what the Go peers of the database section share: the rows, and the routes over a store.
package data

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

type World struct {
	ID     int32 `json:"id"`
	Number int32 `json:"number"`
}

type Fortune struct {
	ID      int32
	Message string
}

type Money struct {
	Amount   int64  `json:"amount"`
	Currency string `json:"currency"`
}

type Product struct {
	ID        string    `json:"id"`
	SKU       string    `json:"sku"`
	Name      string    `json:"name"`
	Price     Money     `json:"price"`
	Stock     int64     `json:"stock"`
	Category  string    `json:"category"`
	Note      *string   `json:"note,omitempty"`
	CreatedAt time.Time `json:"createdAt"`
}

type Page struct {
	Items []Product `json:"items"`
	Next  *string   `json:"next"`
}

type Line struct {
	SKU      string `json:"sku"`
	Quantity int64  `json:"quantity"`
	Price    Money  `json:"price"`
}

type Order struct {
	ID       string    `json:"id"`
	Account  int64     `json:"account"`
	Status   string    `json:"status"`
	Total    Money     `json:"total"`
	PlacedAt time.Time `json:"placedAt"`
	Lines    []Line    `json:"lines"`
}

// Cursor is the place of the last product of a page, in the order of the list.
type Cursor struct {
	Amount int64
	ID     string
}

func (cursor Cursor) String() string {
	return fmt.Sprintf("%d_%s", cursor.Amount, cursor.ID)
}

func parseCursor(text string) (*Cursor, error) {
	if text == "" {
		return nil, nil
	}
	amount, id, _ := strings.Cut(text, "_")
	number, err := strconv.ParseInt(amount, 10, 64)
	return &Cursor{number, id}, err
}
