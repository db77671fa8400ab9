"""Reads the first event of a queue with aio-pika and cloudevents, prints it, and publishes an answer.

usage: python_peer.py URL QUEUE EXCHANGE ROUTING-KEY
"""
import asyncio
import json
import sys

import aio_pika
from cloudevents.core.bindings import rabbitmq
from cloudevents.core.v1.event import CloudEvent


async def main(url, queue_name, exchange_name, routing_key):
    connection = await aio_pika.connect(url)
    async with connection:
        channel = await connection.channel()
        queue = await channel.get_queue(queue_name)
        await channel.set_qos(prefetch_count=1)
        async with queue.iterator(timeout=20) as messages:
            message = await anext(messages)
        event = rabbitmq.from_rabbitmq_event(rabbitmq.RabbitMQMessage(message.headers, message.content_type, message.body))
        await message.ack()
        attributes = {name: str(value) for name, value in event.get_attributes().items()}
        print(json.dumps({"attributes": attributes, "data": event.get_data(), "persistent": message.delivery_mode == 2}, sort_keys=True))
        answer = CloudEvent(
            {"id": "from python", "source": "python", "type": event.get_type(), "datacontenttype": "application/json", "partitionkey": "p"},
            {"number": event.get_data()["number"] + 1})
        binary = rabbitmq.to_binary_event(answer)
        exchange = await channel.get_exchange(exchange_name)
        await exchange.publish(
            aio_pika.Message(binary.body, headers=binary.headers, content_type=binary.content_type), routing_key=routing_key)


asyncio.run(main(*sys.argv[1:]))
