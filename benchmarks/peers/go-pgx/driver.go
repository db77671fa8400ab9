package main

import (
	"context"
	"fmt"
	"log"
	"math/rand"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/jackc/pgx/v4"
	"github.com/jackc/pgx/v4/pgxpool"

	"../go-data"
)

func row(pool *pgxpool.Pool) error {
	id := data.RandomID()
	var world data.World
	err := pool.QueryRow(context.Background(), data.SelectWorld, id).Scan(&world.ID, &world.Number)
	if err == nil && world.ID != id {
		return fmt.Errorf("asked for row %d, and got %d", id, world.ID)
	}
	return err
}

const increment = "UPDATE world SET number = number + 1 WHERE id = $1"

// BEGIN, SELECT, two UPDATE and COMMIT in one round trip, in the order of the keys.
func transaction(pool *pgxpool.Pool) error {
	first := rand.Int31n(9999) + 1
	second := first + 1 + rand.Int31n(10000-first)
	batch := new(pgx.Batch)
	batch.Queue("BEGIN")
	batch.Queue(data.SelectWorld, first)
	batch.Queue(increment, first)
	batch.Queue(increment, second)
	batch.Queue("COMMIT")
	results := pool.SendBatch(context.Background(), batch)
	defer results.Close()
	if _, err := results.Exec(); err != nil {
		return err
	}
	var world data.World
	if err := results.QueryRow().Scan(&world.ID, &world.Number); err != nil || world.ID != first {
		return fmt.Errorf("asked for row %d, and got %d: %v", first, world.ID, err)
	}
	return results.Close()
}

func processor() float64 {
	var usage syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano()).Seconds()
}

// Prints how many were done, in how many seconds, and the processor time that they took.
func drive(pool *pgxpool.Pool, work string, callers int, seconds float64) {
	body := row
	if work == "transaction" {
		body = transaction
	}
	var done int64
	var group sync.WaitGroup
	used, began := processor(), time.Now()
	end := began.Add(time.Duration(seconds * float64(time.Second)))
	for i := 0; i < callers; i++ {
		group.Add(1)
		go func() {
			defer group.Done()
			for time.Now().Before(end) {
				if err := body(pool); err != nil {
					log.Fatal(err)
				}
				atomic.AddInt64(&done, 1)
			}
		}()
	}
	group.Wait()
	fmt.Println(done, time.Since(began).Seconds(), processor()-used)
}
