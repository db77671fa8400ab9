package main

import (
	"fmt"
	"log"
	"sort"
	"time"

	"github.com/golang/protobuf/proto"
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

func measure(bytes []byte, order *Order) {
	fmt.Println("protobuf-decode", nanoseconds(func() {
		var decoded Order
		if proto.Unmarshal(bytes, &decoded) != nil || !decoded.isValid() {
			log.Fatal("a right order is refused")
		}
	}))
	fmt.Println("protobuf-encode", nanoseconds(func() {
		if _, err := proto.Marshal(order); err != nil {
			log.Fatal(err)
		}
	}))
}
