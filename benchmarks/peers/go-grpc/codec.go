package main

import (
	"fmt"
	"log"

	"github.com/golang/protobuf/proto"

	"../go-shared"
)

func measure(bytes []byte, order *Order) {
	fmt.Println("protobuf-decode", shared.Nanoseconds(func() {
		var decoded Order
		if proto.Unmarshal(bytes, &decoded) != nil || !decoded.isValid() {
			log.Fatal("a right order is refused")
		}
	}))
	fmt.Println("protobuf-encode", shared.Nanoseconds(func() {
		if _, err := proto.Marshal(order); err != nil {
			log.Fatal(err)
		}
	}))
}
