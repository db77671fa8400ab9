package data

const (
	SelectWorld = "SELECT id, number FROM world WHERE id = $1"
	// The rows are locked in the order of their keys, so that no two requests wait for each other.
	UpdateWorlds   = "UPDATE world SET number = new.number FROM (SELECT * FROM unnest($1::int[], $2::int[]) AS t (id, number) ORDER BY id) AS new WHERE world.id = new.id"
	SelectFortunes = "SELECT id, message FROM fortune"

	productColumns = "SELECT id, sku, name, price_amount, price_currency, stock, category, note, created_at FROM products WHERE category = $1 AND stock > 0 "
	FirstProducts  = productColumns + "ORDER BY price_amount DESC, id DESC LIMIT $2"
	NextProducts   = productColumns + "AND (price_amount, id) < ($3, $4) ORDER BY price_amount DESC, id DESC LIMIT $2"

	SelectOrders = "SELECT id, account, status, total_amount, total_currency, placed_at FROM orders WHERE account = $1 ORDER BY placed_at DESC LIMIT $2"
	SelectLines  = "SELECT order_id, sku, quantity, price_amount, price_currency FROM order_lines WHERE order_id = ANY($1::uuid[]) ORDER BY order_id, position"
)
