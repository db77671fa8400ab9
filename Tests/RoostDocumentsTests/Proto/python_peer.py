"""Checks a folder of .proto files, and messages in it, by Google's own compiler and library.

usage: python_peer.py FOLDER

Compiles every .proto file of the folder. Of each, a descriptor beside it (NAME.proto.descriptor) must say what protoc's own says. Each
line of FOLDER/messages names a message's type and its files: NAME.message, which is read and must have no field that is unknown;
NAME.json, which must say the same; and NAME.answer, to which the message is written as Python writes it.
"""
import decimal
import glob
import json
import os
import sys

from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory, unknown_fields
import grpc_tools
from grpc_tools import protoc

folder = sys.argv[1]
os.chdir(folder)
google = os.path.join(os.path.dirname(grpc_tools.__file__), "_proto")
protos = sorted(glob.glob("*.proto"))
if protoc.main(["protoc", "-I.", "-I" + google, "--include_imports", "--descriptor_set_out=all.set", "--python_out=.", "--grpc_python_out=."] + protos):
    sys.exit("protoc refuses the files")
files = descriptor_pb2.FileDescriptorSet.FromString(open("all.set", "rb").read()).file

pool = descriptor_pool.DescriptorPool()
for file in files:
    pool.Add(file)
    if not os.path.exists(file.name + ".descriptor"):
        continue
    ours = descriptor_pb2.FileDescriptorProto.FromString(open(file.name + ".descriptor", "rb").read())
    if ours != file:
        sys.exit(f"{file.name}: the descriptors differ\n--- ours\n{ours}\n--- protoc's\n{file}")


def check_known(message, path):
    if len(unknown_fields.UnknownFieldSet(message)):
        sys.exit(f"{path} has fields that Python does not know")
    for field, value in message.ListFields():
        here = f"{path}.{field.name}"
        if field.message_type is None:
            continue
        if field.message_type.GetOptions().map_entry:
            if field.message_type.fields_by_name["value"].message_type is not None:
                for key in value:
                    check_known(value[key], f"{here}[{key}]")
        elif field.is_repeated:
            for element in value:
                check_known(element, here)
        else:
            check_known(value, here)


def same(ours, theirs):
    """Whether two JSON values mean the same: proto3's JSON has long numbers as text, lists in lists in boxes, and words as constants."""
    if ours == theirs or ours is None and theirs == {}:
        return True
    if isinstance(theirs, dict) and set(theirs) <= {"value"} and not (isinstance(ours, dict) and set(ours) == {"value"}):
        return same(ours, theirs.get("value", [] if isinstance(ours, list) else {}))
    if isinstance(ours, dict) and isinstance(theirs, dict):
        # What is null in ours, Python leaves out.
        ours = {key: value for key, value in ours.items() if value is not None or key in theirs}
        return ours.keys() == theirs.keys() and all(same(ours[key], theirs[key]) for key in ours)
    if isinstance(ours, list) and isinstance(theirs, list):
        return len(ours) == len(theirs) and all(map(same, ours, theirs))
    if isinstance(ours, (int, float, decimal.Decimal)) and not isinstance(ours, bool):
        return decimal.Decimal(str(ours)) == decimal.Decimal(str(theirs))
    # Times have three digits of a second in ours, and as many as they need in Python's.
    return isinstance(ours, str) and isinstance(theirs, str) and fold(theirs).endswith(fold(ours.replace(".000Z", "Z")))


def fold(word):
    return word.upper().replace("_", "").replace("-", "")


for line in open("messages"):
    name, file = line.split()
    kind = message_factory.GetMessageClass(pool.FindMessageTypeByName(name))
    message = kind.FromString(open(file + ".message", "rb").read())
    check_known(message, name)
    ours = json.load(open(file + ".json"), parse_float=decimal.Decimal)
    theirs = json_format.MessageToDict(message, always_print_fields_with_no_presence=True, descriptor_pool=pool)
    if not same(ours, theirs):
        sys.exit(f"{name} in JSON\n--- ours\n{ours}\n--- Python's\n{theirs}")
    open(file + ".answer", "wb").write(message.SerializeToString())
print("agreed")
