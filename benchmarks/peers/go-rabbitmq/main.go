// The peer for the durable log and for brokers: a quorum queue of RabbitMQ, with confirms and manual acknowledgements.
package main

import (
	"context"
	"errors"
	"os"

	amqp "github.com/rabbitmq/amqp091-go"

	"../go-shared"
)

const queue = "orders"

type quorumQueue struct {
	producer, consumer *amqp.Channel
	// In the order of the messages. The library's deferred confirmations miss one that arrives before the call that sent the message has returned.
	confirmations <-chan amqp.Confirmation
}

func main() {
	switch os.Args[1] {
	case "publish":
		publishEvents(newLoad())
	case "consume":
		consumeEvents(newLoad())
	default:
		shared.MeasureLog(open)
	}
}

// Producer and consumer have a connection each, as RabbitMQ's documentation recommends.
func open(url string, inFlight int) shared.Log {
	opened := quorumQueue{producer: channel(url), consumer: channel(url)}
	_, err := opened.producer.QueueDelete(queue, false, false, false)
	shared.Check(err)
	_, err = opened.producer.QueueDeclare(queue, true, false, false, false, amqp.Table{"x-queue-type": "quorum"})
	shared.Check(err)
	shared.Check(opened.producer.Confirm(false))
	opened.confirmations = opened.producer.NotifyPublish(make(chan amqp.Confirmation, inFlight))
	shared.Check(opened.consumer.Qos(inFlight, 0, false))
	return opened
}

func channel(url string) *amqp.Channel {
	return channelOf(dial(url))
}

func dial(url string) *amqp.Connection {
	connection, err := amqp.Dial(url)
	shared.Check(err)
	return connection
}

func channelOf(connection *amqp.Connection) *amqp.Channel {
	channel, err := connection.Channel()
	shared.Check(err)
	return channel
}

func (opened quorumQueue) Publish(body []byte) (func() error, error) {
	message := amqp.Publishing{DeliveryMode: amqp.Persistent, Body: body}
	err := opened.producer.PublishWithContext(context.Background(), "", queue, true, false, message)
	return func() error {
		if confirmation := <-opened.confirmations; !confirmation.Ack {
			return errors.New("a message was refused")
		}
		return nil
	}, err
}

func (opened quorumQueue) Consume(handle func([]byte)) error {
	deliveries, err := opened.consumer.Consume(queue, "", false, false, false, false, nil)
	go func() {
		for delivery := range deliveries {
			shared.Check(delivery.Ack(false))
			handle(delivery.Body)
		}
	}()
	return err
}
