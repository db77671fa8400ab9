// The peer in Go with pgx: net/http and a pool, as their documentation shows them; with --work, the driver without a server.
package main

import (
	"context"
	"flag"
	"log"

	"github.com/jackc/pgx/v4/pgxpool"

	"../go-data"
)

func connect(url string, connections int32) *pgxpool.Pool {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		log.Fatal(err)
	}
	config.MaxConns = connections
	pool, err := pgxpool.ConnectConfig(context.Background(), config)
	if err != nil {
		log.Fatal(err)
	}
	return pool
}

func main() {
	port := flag.Int("port", 8080, "the TCP port")
	connections := flag.Int("connections", 16, "the most connections of the server's pool")
	url := flag.String("database", "", "the database's URL")
	work := flag.String("work", "", "row or transaction: measure the driver instead")
	callers := flag.Int("callers", 1, "how many callers at a time")
	seconds := flag.Float64("seconds", 3, "how long to measure")
	flag.Parse()
	if *work != "" {
		drive(connect(*url, 8), *work, *callers, *seconds)
		return
	}
	data.Serve(*port, &store{connect(*url, int32(*connections))})
}
