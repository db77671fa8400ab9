package main

import (
	"encoding/json"
	"fmt"
	"log"
	"os"

	"../go-shared"
)

func measure(file string) {
	bytes, err := os.ReadFile(file)
	if err != nil {
		log.Fatal(err)
	}
	var order Order
	fmt.Println("json-decode", shared.Nanoseconds(func() {
		order = Order{}
		if json.Unmarshal(bytes, &order) != nil || !order.isValid() {
			log.Fatal("a right order is refused")
		}
	}))
	fmt.Println("json-encode", shared.Nanoseconds(func() {
		if _, err := json.Marshal(&order); err != nil {
			log.Fatal(err)
		}
	}))
}
