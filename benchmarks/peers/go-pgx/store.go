package main

import (
	"context"

	"github.com/jackc/pgx/v4"
	"github.com/jackc/pgx/v4/pgxpool"

	"../go-data"
)

// pgx prepares each statement once a connection by itself.
type store struct {
	pool *pgxpool.Pool
}

func (store *store) World(ctx context.Context, id int32) (data.World, error) {
	var world data.World
	err := store.pool.QueryRow(ctx, data.SelectWorld, id).Scan(&world.ID, &world.Number)
	return world, err
}

// A statement for each row, in one round trip.
func (store *store) Worlds(ctx context.Context, ids []int32) ([]data.World, error) {
	batch := new(pgx.Batch)
	for _, id := range ids {
		batch.Queue(data.SelectWorld, id)
	}
	results := store.pool.SendBatch(ctx, batch)
	defer results.Close()
	worlds := make([]data.World, len(ids))
	for i := range worlds {
		if err := results.QueryRow().Scan(&worlds[i].ID, &worlds[i].Number); err != nil {
			return nil, err
		}
	}
	return worlds, results.Close()
}

func (store *store) Update(ctx context.Context, worlds []data.World) error {
	ids, numbers := make([]int32, len(worlds)), make([]int32, len(worlds))
	for i, world := range worlds {
		ids[i], numbers[i] = world.ID, world.Number
	}
	_, err := store.pool.Exec(ctx, data.UpdateWorlds, ids, numbers)
	return err
}

func (store *store) Fortunes(ctx context.Context) ([]data.Fortune, error) {
	rows, err := store.pool.Query(ctx, data.SelectFortunes)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	fortunes := make([]data.Fortune, 0, 16)
	for rows.Next() {
		var fortune data.Fortune
		if err := rows.Scan(&fortune.ID, &fortune.Message); err != nil {
			return nil, err
		}
		fortunes = append(fortunes, fortune)
	}
	return fortunes, rows.Err()
}

func (store *store) Products(ctx context.Context, category string, after *data.Cursor, limit int) ([]data.Product, error) {
	statement, arguments := data.FirstProducts, []any{category, limit}
	if after != nil {
		statement, arguments = data.NextProducts, append(arguments, after.Amount, after.ID)
	}
	rows, err := store.pool.Query(ctx, statement, arguments...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	products := make([]data.Product, 0, limit)
	for rows.Next() {
		var p data.Product
		if err := rows.Scan(&p.ID, &p.SKU, &p.Name, &p.Price.Amount, &p.Price.Currency, &p.Stock, &p.Category, &p.Note, &p.CreatedAt); err != nil {
			return nil, err
		}
		products = append(products, p)
	}
	return products, rows.Err()
}

func (store *store) Orders(ctx context.Context, account int64, limit int) ([]data.Order, error) {
	rows, err := store.pool.Query(ctx, data.SelectOrders, account, limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	orders, ids, places := make([]data.Order, 0, limit), make([]string, 0, limit), make(map[string]int, limit)
	for rows.Next() {
		var o data.Order
		if err := rows.Scan(&o.ID, &o.Account, &o.Status, &o.Total.Amount, &o.Total.Currency, &o.PlacedAt); err != nil {
			return nil, err
		}
		places[o.ID] = len(orders)
		orders, ids = append(orders, o), append(ids, o.ID)
	}
	if rows.Err() != nil {
		return nil, rows.Err()
	}
	return orders, store.addLines(ctx, orders, ids, places)
}

func (store *store) addLines(ctx context.Context, orders []data.Order, ids []string, places map[string]int) error {
	rows, err := store.pool.Query(ctx, data.SelectLines, ids)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		var line data.Line
		if err := rows.Scan(&id, &line.SKU, &line.Quantity, &line.Price.Amount, &line.Price.Currency); err != nil {
			return err
		}
		order := &orders[places[id]]
		order.Lines = append(order.Lines, line)
	}
	return rows.Err()
}
