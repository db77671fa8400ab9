"""usage: documents.py URL SCHEMA: checks the OpenAPI and the AsyncAPI document at an address by validators that are not ours.

SCHEMA is AsyncAPI's published JSON Schema, compressed by gzip. What is wrong is written, and the exit code is then 1.
"""
import gzip, json, sys, urllib.request

from jsonschema import Draft7Validator
from openapi_spec_validator import OpenAPIV31SpecValidator


def document(name):
    with urllib.request.urlopen(f"{sys.argv[1]}/{name}.json", timeout=20) as response:
        return json.load(response)


asyncapi = json.load(gzip.open(sys.argv[2]))
faults = [
    *OpenAPIV31SpecValidator(document("openapi")).iter_errors(),
    *Draft7Validator(asyncapi).iter_errors(document("asyncapi")),
]
for fault in faults:
    print(fault.json_path, fault.message)
sys.exit(bool(faults))
