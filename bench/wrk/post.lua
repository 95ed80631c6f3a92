-- wrk -s post.lua URL -- BODY-FILE HEADER-FILE: one form again and again, or, with an empty body, one page; prints JSON.
local function read(path) local f = assert(io.open(path)); local text = f:read("*a"); f:close(); return text end
function init(args)
  local body = read(args[1])
  if body ~= "" then
    wrk.method = "POST"
    wrk.body = body
    wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
  end
  for name, value in read(args[2]):gmatch("([^:\r\n]+): ([^\r\n]+)") do wrk.headers[name] = value end
end
function done(summary, latency)
  local errors = summary.errors
  io.write(string.format('{"rate": %.2f, "p50_ms": %.3f, "p99_ms": %.3f, "max_ms": %.3f, "requests": %d, "errors": %d}\n',
    summary.requests / summary.duration * 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000, latency.max / 1000,
    summary.requests, errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
