// The peer for the durable log: a stream of NATS JetStream in files, with a durable consumer that acknowledges each message.
package main

import (
	"errors"

	"github.com/nats-io/nats.go"

	"../go-shared"
)

const subject = "orders"

type stream struct {
	producer, consumer nats.JetStreamContext
	inFlight           int
}

func main() {
	shared.MeasureLog(open)
}

func open(url string, inFlight int) shared.Log {
	opened := stream{connect(url), connect(url), inFlight}
	if err := opened.producer.DeleteStream(subject); !errors.Is(err, nats.ErrStreamNotFound) {
		shared.Check(err)
	}
	_, err := opened.producer.AddStream(&nats.StreamConfig{
		Name: subject, Subjects: []string{subject}, Storage: nats.FileStorage, Retention: nats.WorkQueuePolicy,
	})
	shared.Check(err)
	return opened
}

func connect(url string) nats.JetStreamContext {
	connection, err := nats.Connect(url)
	shared.Check(err)
	stream, err := connection.JetStream()
	shared.Check(err)
	return stream
}

func (opened stream) Publish(body []byte) (func() error, error) {
	future, err := opened.producer.PublishAsync(subject, body)
	return func() error {
		select {
		case <-future.Ok():
			return nil
		case err := <-future.Err():
			return err
		}
	}, err
}

func (opened stream) Consume(handle func([]byte)) error {
	_, err := opened.consumer.Subscribe(subject, func(message *nats.Msg) {
		shared.Check(message.Ack())
		handle(message.Data)
	}, nats.Durable("handler"), nats.ManualAck(), nats.MaxAckPending(opened.inFlight))
	return err
}
