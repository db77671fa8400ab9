wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
local file = assert(io.open(os.getenv("ORDER"), "rb"))
wrk.body = file:read("*a")
file:close()
