"""Google's server for our client: python server.py FOLDER-OF-PROTO-FILES. Prints its port, and ends with its standard input."""
import concurrent.futures, pathlib, subprocess, sys, threading, time

import grpc

folder = pathlib.Path(sys.argv[1])
subprocess.run(
    [sys.executable, "-m", "grpc_tools.protoc", f"-I{folder}", f"--python_out={folder}", f"--grpc_python_out={folder}", "talk.proto"],
    check=True)
sys.path.insert(0, str(folder))
import talk_pb2, talk_pb2_grpc
from google.protobuf import empty_pb2


class Talk(talk_pb2_grpc.TalkServicer):
    def Echo(self, request, context):
        if request.text == "conflict":
            context.abort(grpc.StatusCode.ABORTED, "It is täken: 100 %.")
        return request

    def Find(self, request, context):
        exact = str(request.exact).lower() if request.HasField("exact") else "none"
        return talk_pb2.FindReply(value=[str(request.id), exact, request.word])

    def Pick(self, request, context):
        return talk_pb2.PickReply(value=[str(id) for id in request.ids] + (list(request.words) or ["none"]))

    def Store(self, request, context):
        return empty_pb2.Empty()

    def Gather(self, requests, context):
        return talk_pb2.GatherReply(value=sum(note.count for note in requests))

    def Count(self, request, context):
        for number in range(1, request.up_to + 1):
            if number == 1000:
                context.abort(grpc.StatusCode.ABORTED, "A thousand is too many.")
            yield talk_pb2.Note(text=str(number), count=number)

    def Talk(self, requests, context):
        room = dict(context.invocation_metadata())["param-room"]
        for note in requests:
            yield talk_pb2.Note(text=f"{room}: {note.text}", count=1)

    def Wait(self, request, context):
        ended = threading.Event()
        context.add_callback(ended.set)
        ended.wait(30)
        return empty_pb2.Empty()

    def Context(self, request, context):
        metadata = dict(context.invocation_metadata())
        left = context.time_remaining()
        return talk_pb2.ContextReply(
            value=[metadata["x-request-id"], metadata.get("authorization", ""), metadata["traceparent"], "deadline" if left else ""])


server = grpc.server(concurrent.futures.ThreadPoolExecutor(max_workers=8), compression=grpc.Compression.Gzip)
talk_pb2_grpc.add_TalkServicer_to_server(Talk(), server)
print(server.add_insecure_port("127.0.0.1:0"), flush=True)
server.start()
sys.stdin.read()
server.stop(0)
