package shared

import (
	"encoding/binary"
	"fmt"
	"log"
	"os"
	"strconv"
	"syscall"
	"time"
)

// A Log is a durable queue of messages with one producer and one consumer.
type Log interface {
	// Publish sends a message and returns a function that waits until it is stored.
	Publish(body []byte) (stored func() error, err error)
	// Consume calls a function with the body of each message, in their order, after its acknowledgement is on its way.
	Consume(handle func(body []byte)) error
}

// MeasureLog has so many messages of 256 bytes in flight: each until it is stored, and handled and acknowledged by the consumer.
// It prints how many messages were, in how many seconds, and the processor time of this process.
//
// usage: peer URL IN-FLIGHT SECONDS
func MeasureLog(open func(url string, inFlight int) Log) {
	inFlight, seconds := number(os.Args[2]), number(os.Args[3])
	queue := open(os.Args[1], inFlight)
	handled, stored, done := make(chan uint64, inFlight), make(chan func() error, inFlight), make(chan uint64)
	Check(queue.Consume(func(body []byte) { handled <- binary.BigEndian.Uint64(body) }))
	slots := make(chan struct{}, inFlight)
	go func() {
		count := uint64(0)
		for wait := range stored {
			Check(wait())
			if next := <-handled; next != count {
				log.Fatalf("message %d was handled in place of %d", next, count)
			}
			count++
			<-slots
		}
		done <- count
	}()

	used, began := Processor(), time.Now()
	end := began.Add(time.Duration(seconds) * time.Second)
	for sent := uint64(0); time.Now().Before(end); sent++ {
		slots <- struct{}{}
		body := make([]byte, 256)
		binary.BigEndian.PutUint64(body, sent)
		wait, err := queue.Publish(body)
		Check(err)
		stored <- wait
	}
	close(stored)
	fmt.Println(<-done, time.Since(began).Seconds(), Processor()-used)
}

// Check ends the program with the error if there is one.
func Check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func number(word string) int {
	number, err := strconv.Atoi(word)
	Check(err)
	return number
}

// Processor is the processor time of this process, in seconds.
func Processor() float64 {
	var usage syscall.Rusage
	Check(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano()).Seconds()
}
