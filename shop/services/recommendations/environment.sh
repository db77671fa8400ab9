# shellcheck shell=bash
# Sourced by `run` and `test`. Makes the virtual environment with the packages in the given files of requirements, and the code that is
# generated from the catalog's exported .proto, unless they are there already. Sets PYTHONPATH, and `python` to the environment's Python.
# An environment is named after everything that it is made from, and stays until it is deleted by hand: a program may still run from it.

refuse() {
  echo "recommendations: $1" >&2
  exit 78
}

make_environment() {
  command -v python3 >/dev/null || refuse "python3 is not installed: it is needed, in version 3.11 or later"
  python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || refuse "python3 is too old: it must be version 3.11 or later"
  python3 -c 'import ensurepip, venv' 2>/dev/null || refuse "python3-venv is not installed: install it, in Debian with apt-get install python3-venv"
  local protos=${PROTOS_DIR:-$service/../../protos} requirements=("$@") name folder
  [ -r "$protos/catalog.proto" ] || refuse "$protos/catalog.proto is missing: PROTOS_DIR must be the folder with the system's exported .proto files"
  name=$( (python3 -VV; cat "$service/environment.sh" "$protos/catalog.proto" "${requirements[@]}") | sha256sum | cut -c 1-16)
  folder=$service/.venv/$name
  mkdir -p "$service/.venv" || refuse "$service/.venv cannot be written"
  # Another process may be making it. The lock is released when this function ends, also if something that was started on the way still runs.
  {
    if ! flock -n 9; then
      echo "recommendations: waiting for another process, which holds the lock $service/.venv/lock" >&2
      flock 9
    fi
    [ -e "$folder/complete" ] || fill_environment "$folder" "$protos" "${requirements[@]}" 9>&-
  } 9>"$service/.venv/lock"
  python=$folder/bin/python
  export PYTHONPATH=$service:$folder/generated
}

fill_environment() {
  local folder=$1 protos=$2 options=()
  shift 2
  for file in "$@"; do options+=(--requirement "$file"); done
  echo "recommendations: installing its packages, which takes a minute the first time" >&2
  rm -rf --one-file-system "$folder"
  python3 -m venv "$folder" >&2
  "$folder/bin/python" -m pip install --retries 10 --timeout 60 --disable-pip-version-check --no-input --progress-bar off "${options[@]}" >&2
  mkdir "$folder/generated"
  "$folder/bin/python" -m grpc_tools.protoc --proto_path="$protos" --python_out="$folder/generated" --grpc_python_out="$folder/generated" \
    catalog.proto >&2
  touch "$folder/complete"
}
