// The peer in Go: grpc-go, as its guide shows it, as a server and, with --calls, as a client.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/golang/protobuf/proto"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

type orders struct{}

func (orders) Place(_ context.Context, order *Order) (*Order, error) {
	if !order.isValid() {
		return nil, status.Error(codes.InvalidArgument, "The order breaks a rule.")
	}
	return order, nil
}

func serve(port int) {
	listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		log.Fatal(err)
	}
	server := grpc.NewServer()
	RegisterOrdersServer(server, orders{})
	log.Fatal(server.Serve(listener))
}

// Calls the server for so many seconds, so many calls at a time, and prints how many a second were answered.
func call(port, concurrency int, seconds float64, order *Order) {
	connection, err := grpc.Dial(fmt.Sprintf("127.0.0.1:%d", port), grpc.WithInsecure(), grpc.WithBlock())
	if err != nil {
		log.Fatal(err)
	}
	client := NewOrdersClient(connection)
	var answered int64
	var group sync.WaitGroup
	began := time.Now()
	end := began.Add(time.Duration(seconds * float64(time.Second)))
	for i := 0; i < concurrency; i++ {
		group.Add(1)
		go func() {
			defer group.Done()
			for time.Now().Before(end) {
				if _, err := client.Place(context.Background(), order); err != nil {
					log.Fatal(err)
				}
				atomic.AddInt64(&answered, 1)
			}
		}()
	}
	group.Wait()
	fmt.Println("calls", int64(float64(answered)/time.Since(began).Seconds()))
}

func main() {
	port := flag.Int("port", 8080, "the TCP port")
	calls := flag.Int("calls", 0, "call, so many at a time, rather than serve")
	seconds := flag.Float64("seconds", 3, "how long to call")
	message := flag.String("message", "", "a file with the order to send, in Protocol Buffers")
	codec := flag.Bool("codec", false, "measure the codec with the message instead")
	flag.Parse()
	if *calls == 0 && !*codec {
		serve(*port)
	}
	order := new(Order)
	bytes, err := os.ReadFile(*message)
	if err != nil || proto.Unmarshal(bytes, order) != nil {
		log.Fatal("there is no order in --message")
	}
	if *codec {
		measure(bytes, order)
	} else {
		call(*port, *calls, *seconds, order)
	}
}
