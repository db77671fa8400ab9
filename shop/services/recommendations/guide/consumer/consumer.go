// A program beside a system's Swift services that handles its events. It uses nothing but Go's library:
// it prints the orders that have ended, one line each.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

// The pauses after failures.
const shortest, longest = 100 * time.Millisecond, 5 * time.Second

// The Transport repeats a GET by itself when a connection ends without a response, but no POST of which anything was sent, unless it has
// the field Idempotency-Key. So no delivery is lost without an error.
var client = http.Client{Timeout: 40 * time.Second}

// Delivery is one hand-over of an event, which can be repeated.
type Delivery struct {
	ID    string `json:"delivery"`
	Fault string `json:"fault"`
	Event struct {
		ID   string          `json:"id"`
		Type string          `json:"type"`
		Data json.RawMessage `json:"data"`
	} `json:"event"`
}

func main() {
	address := addresses()["events"]
	if address == "" || len(os.Getenv("SERVICE_KEY")) < 16 {
		fmt.Fprintln(os.Stderr, "consumer: ADDRESSES must have the address of events, and SERVICE_KEY must be given")
		os.Exit(78)
	}
	go endWithLifeline()
	go serveHealth()
	for pause := shortest; ; pause *= 2 {
		err := consume("http://"+address+"/events/groups/consumer/members", func() { pause = shortest })
		log.Printf("joining again: %v", err)
		if pause > longest {
			pause = longest
		}
		time.Sleep(pause)
	}
}

// consume joins the group and handles events until something fails. Then it leaves, so that what it has not settled is delivered again.
func consume(members string, worked func()) error {
	var member struct{ Member string }
	if err := call("POST", members, map[string]any{"topics": []string{"orders.ended"}, "capacity": 16}, &member); err != nil {
		return err
	}
	path := members + "/" + member.Member
	defer call("DELETE", path, nil, nil)
	for {
		var answer struct{ Items []Delivery }
		if err := call("POST", path+"/deliveries?wait=20", nil, &answer); err != nil {
			return err
		}
		for _, delivery := range answer.Items {
			if err := handle(delivery); err != nil {
				return err
			}
			// Each by itself: a member that is silent while it handles many is taken for dead.
			if err := call("POST", path+"/settlements", map[string]any{"deliveries": []string{delivery.ID}}, nil); err != nil {
				return err
			}
		}
		worked()
	}
}

// handle prints an event. A program with a database records the event's identifier in the transaction of its effect, and passes over
// one that it has recorded. An error means that the event must be delivered again; what can never be handled is kept elsewhere instead.
func handle(delivery Delivery) error {
	if delivery.Fault != "" {
		log.Printf("dead letter %s: %s", delivery.Event.ID, delivery.Fault)
		return nil
	}
	_, err := fmt.Printf("%s %s %s\n", delivery.Event.Type, delivery.Event.ID, delivery.Event.Data)
	return err
}

// call sends a request with the key of the system's services, and reads the JSON of its response.
func call(method, url string, body, answer any) error {
	var content io.Reader
	if body != nil {
		encoded, err := json.Marshal(body)
		if err != nil {
			return err
		}
		content = bytes.NewReader(encoded)
	}
	request, err := http.NewRequest(method, url, content)
	if err != nil {
		return err
	}
	if body != nil {
		request.Header.Set("content-type", "application/json")
	}
	request.Header.Set("x-service-key", os.Getenv("SERVICE_KEY"))
	request.Header.Set("x-service-name", "consumer")
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode >= 300 {
		return fmt.Errorf("%s %s: %s", method, url, response.Status)
	}
	if answer == nil {
		return nil
	}
	return json.NewDecoder(response.Body).Decode(answer)
}

// addresses reads ADDRESSES: "catalog=127.0.0.1:4001,events=127.0.0.1:4002".
func addresses() map[string]string {
	found := map[string]string{}
	for _, entry := range strings.Split(os.Getenv("ADDRESSES"), ",") {
		if name, address, ok := strings.Cut(entry, "="); ok {
			found[name] = address
		}
	}
	return found
}

// serveHealth answers the probes, and tells the supervisor when it listens.
func serveHealth() {
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM)
	go func() { <-stop; os.Exit(0) }()
	listener, err := net.Listen("tcp", net.JoinHostPort(os.Getenv("HOST"), os.Getenv("PORT")))
	if err != nil {
		fmt.Fprintln(os.Stderr, "consumer: HOST and PORT cannot be listened on:", err)
		if errors.Is(err, syscall.EADDRINUSE) {
			os.Exit(1) // The port becomes free: the supervisor tries again.
		}
		os.Exit(78)
	}
	if line := os.Getenv("READY_LINE"); line != "" {
		fmt.Println(line)
	}
	log.Fatal(http.Serve(listener, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})))
}

// endWithLifeline ends the program when standard input does, so that nothing is left when the supervisor was killed.
func endWithLifeline() {
	if os.Getenv("LIFELINE") == "1" {
		for reader := bufio.NewReader(os.Stdin); ; {
			if _, err := reader.ReadByte(); err != nil {
				os.Exit(0)
			}
		}
	}
}
