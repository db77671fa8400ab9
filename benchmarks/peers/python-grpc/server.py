"""The peer grpcio: two processes on one port, as grpc's guide to multiprocessing shows it."""
import asyncio
import multiprocessing
import sys


async def serve(port):
    import grpc
    import order_pb2_grpc
    from orders import Order
    from pydantic import ValidationError

    class Orders(order_pb2_grpc.OrdersServicer):
        async def Place(self, request, context):
            lines = [{"sku": line.sku, "quantity": line.quantity, "unitPrice": line.unit_price} for line in request.lines]
            try:
                Order(customer=request.customer, email=request.email, note=request.note, lines=lines)
            except ValidationError as error:
                await context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error))
            return request

    server = grpc.aio.server(options=[("grpc.so_reuseport", 1)])
    order_pb2_grpc.add_OrdersServicer_to_server(Orders(), server)
    server.add_insecure_port(f"127.0.0.1:{port}")
    await server.start()
    await server.wait_for_termination()


def run(port):
    asyncio.run(serve(port))


if __name__ == "__main__":
    processes = [multiprocessing.Process(target=run, args=(int(sys.argv[1]),), daemon=True) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
