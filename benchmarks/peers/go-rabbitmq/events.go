package main

import (
	"context"
	"fmt"
	"hash/crc32"
	"log"
	"os"
	"strconv"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"../go-shared"
)

// The queues of a group, and how many events are sent and not confirmed, or of each queue delivered and not acknowledged.
const lanes, window, prefetch = 8, 256, 32

// What the programs for brokers are told: publish|consume URL PREFIX EVENTS ORDER-FILE TOGETHER
type load struct {
	url, prefix   string
	events        int
	data          []byte
	acknowledging int // How many events are acknowledged together at most.
}

func newLoad() load {
	data, err := os.ReadFile(os.Args[5])
	shared.Check(err)
	return load{os.Args[2], os.Args[3], number(os.Args[4]), data, number(os.Args[6])}
}

func number(word string) int {
	number, err := strconv.Atoi(word)
	shared.Check(err)
	return number
}

func (load load) exchange() string         { return load.prefix + ".events" }
func (load load) queue(lane uint32) string { return fmt.Sprintf("%s.handler.%d", load.prefix, lane) }
func routingKey(lane uint32) string        { return fmt.Sprintf("orders.placed.%d", lane) }

// Quorum queues of which each has one active consumer, so that the events of a key stay in order.
func (load load) declare(channel *amqp.Channel) {
	shared.Check(channel.ExchangeDeclare(load.exchange(), "topic", true, false, false, false, nil))
	arguments := amqp.Table{"x-queue-type": "quorum", "x-single-active-consumer": true}
	for lane := uint32(0); lane < lanes; lane++ {
		_, err := channel.QueueDeclare(load.queue(lane), true, false, false, false, arguments)
		shared.Check(err)
		shared.Check(channel.QueueBind(load.queue(lane), routingKey(lane), load.exchange(), false, nil))
	}
}

// Publishes the events, with a window of those that are not confirmed. Prints how many, in how many seconds, and the processor time.
func publishEvents(load load) {
	channel := channel(load.url)
	load.declare(channel)
	shared.Check(channel.Confirm(false))
	confirmations, slots, done := channel.NotifyPublish(make(chan amqp.Confirmation, window)), make(chan struct{}, window), make(chan struct{})
	used, began := shared.Processor(), time.Now()
	go func() {
		for count := 0; count < load.events; count++ {
			if confirmation := <-confirmations; !confirmation.Ack {
				log.Fatal("an event was refused")
			}
			<-slots
		}
		close(done)
	}()
	for count := 0; count < load.events; count++ {
		slots <- struct{}{}
		id := fmt.Sprintf("%036d", count)
		lane := crc32.ChecksumIEEE([]byte(id)) % lanes
		shared.Check(channel.PublishWithContext(context.Background(), load.exchange(), routingKey(lane), true, false, load.event(id)))
	}
	<-done
	fmt.Println(load.events, time.Since(began).Seconds(), shared.Processor()-used)
}

func (load load) event(id string) amqp.Publishing {
	now := time.Now()
	return amqp.Publishing{
		ContentType: "application/json", DeliveryMode: amqp.Persistent, MessageId: id, Timestamp: now, Body: load.data,
		Headers: amqp.Table{
			"ce-specversion": "1.0", "ce-id": id, "ce-source": "bench", "ce-type": "orders.placed", "ce-partitionkey": id,
			"ce-time": now.UTC().Format("2006-01-02T15:04:05.000Z"), "ce-dataschema": "urn:events:orders.placed:1",
		},
	}
}

// Reads the events, from the first to the last of them, and acknowledges them. Prints the same.
func consumeEvents(load load) {
	connection, handled := dial(load.url), make(chan int, 1024)
	for lane := uint32(0); lane < lanes; lane++ {
		go load.consume(channelOf(connection), lane, handled)
	}
	count := <-handled
	used, began := shared.Processor(), time.Now()
	for count < load.events {
		count += <-handled
	}
	fmt.Println(count, time.Since(began).Seconds(), shared.Processor()-used)
	shared.Check(connection.Close())
}

func (load load) consume(channel *amqp.Channel, lane uint32, handled chan<- int) {
	shared.Check(channel.Qos(prefetch, 0, false))
	deliveries, err := channel.Consume(load.queue(lane), "", false, false, false, false, nil)
	shared.Check(err)
	waiting, last, pause := 0, amqp.Delivery{}, time.NewTicker(5*time.Millisecond)
	for {
		isPaused := false
		select {
		case delivery, isOpen := <-deliveries:
			if !isOpen {
				return
			}
			if _, isEvent := delivery.Headers["ce-id"].(string); !isEvent {
				log.Fatal("this is not an event")
			}
			last, waiting = delivery, waiting+1
		case <-pause.C:
			isPaused = len(deliveries) == 0
		}
		if waiting >= load.acknowledging || waiting > 0 && isPaused {
			shared.Check(last.Ack(waiting > 1))
			handled <- waiting
			waiting = 0
		}
	}
}
