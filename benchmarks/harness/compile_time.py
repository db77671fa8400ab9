"""Compile time in debug: a clean build of the toolkit, and the cost of each further declaration and query compared with a Codable struct."""
import shutil, time

from .building import run, say
from .peers import BENCH, BUILD

ROOT = BENCH.parent
FOLDER = BUILD / "compile"
COUNT, FILES = 100, 10
MANIFEST = """// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "growth",
    platforms: [.macOS(.v26)],
    dependencies: [.package(name: "roost", path: "%s")],
    targets: [%s],
    swiftLanguageModes: [.v6]
)
"""
PRODUCTS = '.product(name: "Roost", package: "roost"), .product(name: "RoostData", package: "roost")'
FIELDS = ["String", "Int", "Double", "Bool", "String?", "[String]", "Int?", "String", "[Int]", "Double?"]


def fields():
    return "".join(f"    var field{index}: {kind}\n" for index, kind in enumerate(FIELDS))


def nothing(_):
    return ""


def codable(number):
    return f"struct Plain{number}: Codable, Sendable {{\n{fields()}}}\n"


def schema(number):
    return f"@Schema\nstruct Told{number} {{\n{fields()}}}\n"


def contract(number):
    return f"""@Contract("growth{number}")
protocol Growth{number}API: Sendable {{
    @Get("/g{number}/{{id}}") func get(id: Int) async throws -> Value
    @Get("/g{number}") func list(first: Int?, after: String?) async throws -> [Value]
    @Post("/g{number}", status: .created) func create(_ value: Value) async throws -> Value
    @Put("/g{number}/{{id}}") func replace(id: Int, _ value: Value) async throws -> Value
    @Delete("/g{number}/{{id}}") func remove(id: Int) async throws
}}
"""


COLUMNS = ["String", "Int", "Double", "Bool", "String?", "Int?", "Date", "UUID?"]


def model(number):
    columns = "".join(f"    {'@Key ' if index == 0 else ''}var field{index}: {COLUMNS[index % 8]}\n" for index in range(20))
    return f'@Model("models{number}")\nstruct Model{number}Row {{\n{columns}}}\n'


QUERIES = [
    "fetch(WideRow.where { $0.field1 > %d && $0.field8 == \"a\" && $0.field4 == nil }.order { ($0.field9, $0.field0.descending) }.limit(9))",
    "fetch(WideRow.all.join(OtherRow.self) { $0.field0 == $1.wide }.where { $0.field1 == %d && $1.note != nil })",
    "fetch(WideRow.where { ($0.field1 + 1) * 2 - $0.field9 / 3 > %d || $0.field17 < 5 && !$0.field3 })",
    "fetch(WideRow.all.group { $0.field8 }.order { $0.field8 }.select { ($0.field8, $0.field1.sum, $0.field9.max) }.limit(%d))",
    "run(WideRow.where { $0.field0 == \"a\" && $0.field1 >= %d }.update { $0.field1 -= 2; $0.field9 += $0.field17; $0.field4.set(nil) })",
    "count(WideRow.where { $0.field16.isIn([\"a\", \"b\"]) && $0.field1 == %d })",
    "fetch(WideRow.where { wide in .exists(OtherRow.where { $0.wide == wide.field0 && $0.id > %d }) })",
    "fetch(WideRow.where { $0.field1 == %d }.order { $0.field0 }.including(OtherRow.all) { $0.wide })",
    "insert(OtherRow(id: %d, wide: \"a\"), onConflict: .update { $0.note.set(\"x\"); $0.id += $1.id })",
    "fetch(WideRow.where { $0.field2 > 1.5 && $0.field17 < %d }.select { ($0.field0, $0.field2, $0.field12) })",
]
TABLES = """import Foundation
import RoostData

%s
@Model("others")
struct OtherRow {
    @Key var id: Int
    var wide: String
    var note: String?
}
""" % model(0).replace("Model0Row", "WideRow")


def query(number):
    return f"func query{number}(_ database: Database) async throws {{ _ = try await database.{QUERIES[number % 10] % number} }}\n"


# The modules: how to write one declaration, and the text before the declarations.
MODULES = {
    "Nothing": (nothing, ""),
    "CodableStructs": (codable, ""),
    "Schemas": (schema, ""),
    "Contracts": (contract, "@Schema\nstruct Value {\n    var text: String\n}\n"),
    "Models": (model, ""),
    "Queries": (query, TABLES),
}


IMPORTS = "import Foundation\nimport Roost\nimport RoostData\n\n"


def write_package():
    package = FOLDER / "growth"
    for module, (declare, shared) in MODULES.items():
        folder = package / "Sources" / module
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "Shared.swift").write_text(f"import Roost\n\n{shared}")
        for file in range(FILES):
            numbers = range(file, COUNT, FILES)
            (folder / f"Part{file}.swift").write_text(IMPORTS + "\n".join(declare(number) for number in numbers))
    targets = ", ".join(f'.target(name: "{name}", dependencies: [{PRODUCTS}])' for name in MODULES)
    (package / "Package.swift").write_text(MANIFEST % (ROOT, targets))
    return package


def timed(command, folder):
    began = time.monotonic()
    run(command, folder, timeout=1800)
    return time.monotonic() - began


def toolkit():
    """Seconds for a clean debug build with its dependencies, whose sources were fetched before."""
    scratch = FOLDER / "toolkit"
    say("compiles the toolkit anew")
    shutil.rmtree(scratch, ignore_errors=True)
    run(["swift", "package", "--scratch-path", str(scratch), "resolve"], ROOT, timeout=900)
    seconds = timed(["swift", "build", "--scratch-path", str(scratch)], ROOT)
    shutil.rmtree(scratch, ignore_errors=True)
    return seconds


def growth(rounds):
    """Seconds for a debug build of each module after all of its files have changed."""
    package = write_package()
    run(["swift", "build"], package, timeout=1800)
    found = {}
    for number in range(rounds):
        say(f"compiling a hundred of each, round {number + 1} of {rounds}")
        for module in MODULES:
            for file in (package / "Sources" / module).iterdir():
                file.write_text(f"{file.read_text().rstrip()}\n// {number}\n")
            found.setdefault(module, []).append(timed(["swift", "build", "--target", module], package))
    return found


def compile_time(rounds, clean):
    FOLDER.mkdir(parents=True, exist_ok=True)
    found = growth(rounds)
    if clean:
        found["toolkit"] = [toolkit()]
    return found
