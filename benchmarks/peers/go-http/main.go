// The peer in Go: net/http and encoding/json, as their documentation shows them.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
)

func writeJSON(writer http.ResponseWriter, value any) {
	writer.Header().Set("Content-Type", "application/json")
	json.NewEncoder(writer).Encode(value)
}

func place(writer http.ResponseWriter, request *http.Request) {
	var order Order
	if request.Method != http.MethodPost {
		http.Error(writer, "Only POST is known here.", http.StatusMethodNotAllowed)
	} else if json.NewDecoder(request.Body).Decode(&order) != nil {
		http.Error(writer, "That is no order.", http.StatusBadRequest)
	} else if !order.isValid() {
		http.Error(writer, "The order breaks a rule.", http.StatusUnprocessableEntity)
	} else {
		writeJSON(writer, &order)
	}
}

func main() {
	port := flag.Int("port", 8080, "the TCP port")
	codec := flag.String("codec", "", "measure the codec with this file instead")
	flag.Parse()
	if *codec != "" {
		measure(*codec)
		return
	}
	http.HandleFunc("/plaintext", func(writer http.ResponseWriter, _ *http.Request) {
		writer.Header().Set("Content-Type", "text/plain")
		io.WriteString(writer, "Hello, World!")
	})
	http.HandleFunc("/json", func(writer http.ResponseWriter, _ *http.Request) {
		writeJSON(writer, map[string]string{"message": "Hello, World!"})
	})
	http.HandleFunc("/orders", place)
	log.Fatal(http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", *port), nil))
}
