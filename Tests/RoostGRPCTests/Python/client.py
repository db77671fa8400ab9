"""Every kind of call from Google's client: python client.py PORT FOLDER-OF-PROTO-FILES. Prints `agreed` where all is as it must be."""
import pathlib, subprocess, sys, threading, time

import grpc
from google.protobuf import descriptor_pool
from google.rpc import error_details_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase
from grpc_status import rpc_status

port, folder = sys.argv[1], pathlib.Path(sys.argv[2])
subprocess.run(
    [sys.executable, "-m", "grpc_tools.protoc", f"-I{folder}", f"--python_out={folder}", f"--grpc_python_out={folder}", "talk.proto"],
    check=True)
sys.path.insert(0, str(folder))
import talk_pb2, talk_pb2_grpc

channel = grpc.insecure_channel(f"127.0.0.1:{port}", options=[("grpc.max_receive_message_length", -1)])
talk = talk_pb2_grpc.TalkStub(channel)


def expect(condition, what):
    if not condition:
        sys.exit(f"wrong: {what}")


def failure(call):
    try:
        call()
    except grpc.RpcError as error:
        return error
    sys.exit("a call that must fail did not")


note = talk_pb2.Note(text="hello", count=7, tags=["a", "ü"])
note.at.FromMilliseconds(1763963175250)

# Unary, plain and compressed, with what is before and behind the message.
expect(talk.Echo(note) == note, "echo")
expect(talk.Echo(note, compression=grpc.Compression.Gzip) == note, "echo by gzip")
large = talk_pb2.Note(text="large", count=1, tags=["x" * 1000] * 900)
expect(talk.Echo(large) == large, "a large message")
expect(list(talk.Find(talk_pb2.FindRequest(id=-7, word="a/b")).value) == ["-7", "none", "a/b"], "parameters")
expect(list(talk.Pick(talk_pb2.PickRequest(ids=[1, -2, 0], words=["a", "ü"])).value) == ["1", "-2", "0", "a", "ü"], "lists")
expect(list(talk.Pick(talk_pb2.PickRequest()).value) == ["none"], "empty lists")
reply = talk.Context(
    talk_pb2_grpc.google_dot_protobuf_dot_empty__pb2.Empty(),
    metadata=[("authorization", "Bearer t"), ("x-request-id", "r-1")], timeout=60)
expect(list(reply.value)[:2] == ["r-1", "Bearer t"] and reply.value[3] == "deadline", "metadata and deadline")

# Streams, either way and both.
notes = [talk_pb2.Note(text="n", count=i) for i in range(1, 201)]
expect(talk.Gather(iter(notes)).value == sum(range(1, 201)), "client streaming")
expect(talk.Gather(iter([])).value == 0, "an empty stream")
expect([n.count for n in talk.Count(talk_pb2.CountRequest(up_to=300))] == list(range(1, 301)), "server streaming")
turn = threading.Semaphore(1)


def says():
    for i in range(5):
        turn.acquire()
        yield talk_pb2.Note(text=str(i))


heard = []
for answer in talk.Talk(says(), metadata=[("param-room", "r")]):
    heard.append(answer.text)
    turn.release()
expect(heard == [f"r: {i}" for i in range(5)], "bidirectional streaming")

# Failures, with their details.
conflict = failure(lambda: talk.Echo(talk_pb2.Note(text="conflict")))
expect(conflict.code() == grpc.StatusCode.ABORTED and conflict.details() == "It is täken: 100 %.", "a status")
invalid = failure(lambda: talk.Echo(talk_pb2.Note(text="", count=1)))
expect(invalid.code() == grpc.StatusCode.INVALID_ARGUMENT, "an invalid argument")
violations = error_details_pb2.BadRequest()
expect(any(detail.Unpack(violations) for detail in rpc_status.from_call(invalid).details), "details")
expect([(v.field, v.reason) for v in violations.field_violations] == [("/text", "length")], "field violations")
expect(failure(lambda: list(talk.Count(talk_pb2.CountRequest(up_to=2000)))).code() == grpc.StatusCode.ABORTED, "a stream's status")
nothing = channel.unary_unary("/talk.Talk/Nothing")
expect(failure(lambda: nothing(b"")).code() == grpc.StatusCode.UNIMPLEMENTED, "an unknown method")
malformed = channel.unary_unary("/talk.Talk/Echo")
expect(failure(lambda: malformed(b"\xff")).code() == grpc.StatusCode.INVALID_ARGUMENT, "a malformed message")
huge = talk_pb2.Note(text="huge", tags=["x" * 1000] * 5000)
expect(failure(lambda: talk.Echo(huge)).code() == grpc.StatusCode.RESOURCE_EXHAUSTED, "a message that is too large")
expect(failure(lambda: talk.Echo(huge, compression=grpc.Compression.Gzip)).code() == grpc.StatusCode.RESOURCE_EXHAUSTED, "a bomb")

# Deadlines and cancellation.
empty = talk_pb2_grpc.google_dot_protobuf_dot_empty__pb2.Empty()
expect(failure(lambda: talk.Wait(empty, timeout=0.2)).code() == grpc.StatusCode.DEADLINE_EXCEEDED, "a deadline")
waiting = talk.Wait.future(empty)
waiting.cancel()
expect(waiting.cancelled(), "cancellation")
counting = talk.Count(talk_pb2.CountRequest(up_to=999))
next(counting)
counting.cancel()
expect(failure(lambda: list(counting)).code() == grpc.StatusCode.CANCELLED, "a stream that is cancelled")

# Health and reflection.
health = health_pb2_grpc.HealthStub(channel)
expect(health.Check(health_pb2.HealthCheckRequest(service="talk.Talk")).status == 1, "health")
expect(next(health.Watch(health_pb2.HealthCheckRequest())).status == 1, "the watch of health")
expect(failure(lambda: health.Check(health_pb2.HealthCheckRequest(service="no"))).code() == grpc.StatusCode.NOT_FOUND, "unknown health")
database = ProtoReflectionDescriptorDatabase(channel)
own = {"grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection"}
expect(set(database.get_services()) == own | {"talk.Talk"}, "reflection's list")
pool = descriptor_pool.DescriptorPool(database)
method = pool.FindServiceByName("talk.Talk").FindMethodByName("Talk")
expect(method.client_streaming and method.server_streaming, "reflection's method")
expect(pool.FindMessageTypeByName("talk.Note").fields_by_name["at"].message_type.full_name == "google.protobuf.Timestamp", "reflection's message")
check = pool.FindServiceByName("grpc.health.v1.Health").FindMethodByName("Check")
statuses = health_pb2.HealthCheckResponse.DESCRIPTOR.enum_types_by_name["ServingStatus"].values_by_name
expect(
    {value.name: value.number for value in check.output_type.fields_by_name["status"].enum_type.values}
    == {name: value.number for name, value in statuses.items()}, "reflection of health")
retry = pool.FindMessageTypeByName("google.rpc.RetryInfo").fields_by_name["retry_delay"]
expect(retry.message_type.full_name == "google.protobuf.Duration", "reflection of a status' details")
ask = pool.FindServiceByName("grpc.reflection.v1.ServerReflection").FindMethodByName("ServerReflectionInfo")
alpha = reflection_pb2.ServerReflectionRequest.DESCRIPTOR.oneofs_by_name["message_request"].fields
expect(
    [field.name for field in ask.input_type.oneofs_by_name["message_request"].fields] == [field.name for field in alpha],
    "reflection of itself")
question = reflection_pb2.ServerReflectionRequest(file_containing_symbol="grpc.health.v1.Nothing")
reflect = channel.stream_stream(
    "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo", type(question).SerializeToString,
    reflection_pb2.ServerReflectionResponse.FromString)
expect([answer.error_response.error_code for answer in reflect(iter([question]))] == [5], "what is not known")
print("agreed")
