package main

import (
	"encoding/json"
	"fmt"
	"log"
	"os"
	"sort"
	"time"
)

// Nanoseconds for one run of the body: the median of eleven batches.
func nanoseconds(body func()) int64 {
	const batch = 2000
	var times []int64
	for i := 0; i < 12; i++ {
		began := time.Now()
		for j := 0; j < batch; j++ {
			body()
		}
		if i > 0 { // The first warms up.
			times = append(times, time.Since(began).Nanoseconds()/batch)
		}
	}
	sort.Slice(times, func(i, j int) bool { return times[i] < times[j] })
	return times[len(times)/2]
}

func measure(file string) {
	bytes, err := os.ReadFile(file)
	if err != nil {
		log.Fatal(err)
	}
	var order Order
	fmt.Println("json-decode", nanoseconds(func() {
		order = Order{}
		if json.Unmarshal(bytes, &order) != nil || !order.isValid() {
			log.Fatal("a right order is refused")
		}
	}))
	fmt.Println("json-encode", nanoseconds(func() {
		if _, err := json.Marshal(&order); err != nil {
			log.Fatal(err)
		}
	}))
}
