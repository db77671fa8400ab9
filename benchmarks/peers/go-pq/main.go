// The peer in Go with lib/pq: net/http and database/sql with prepared statements, as their documentation shows them.
package main

import (
	"database/sql"
	"flag"
	"log"

	_ "github.com/lib/pq"

	"../go-data"
)

func connect(url string, connections int) *sql.DB {
	pool, err := sql.Open("postgres", url)
	if err != nil {
		log.Fatal(err)
	}
	pool.SetMaxOpenConns(connections)
	pool.SetMaxIdleConns(connections)
	return pool
}

func main() {
	port := flag.Int("port", 8080, "the TCP port")
	connections := flag.Int("connections", 16, "the most connections of the pool")
	url := flag.String("database", "", "the database's URL")
	flag.Parse()
	data.Serve(*port, prepare(connect(*url, *connections)))
}
